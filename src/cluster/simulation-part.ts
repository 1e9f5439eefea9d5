/** Simulated nodes as a part of a cluster in one process. */
import type { ComponentContext } from '../client/component.ts';
import type { Figures } from '../simulation/figures.ts';
import type { Scenario } from '../simulation/scenario.ts';
import { runSimulation } from '../simulation/simulation.ts';
import type { Part } from './supervise.ts';

export interface SimulationPartOptions {
  readonly scenario: Scenario;
  /** Called with each start. */
  readonly started: (figures: Figures) => void;
}

/** Writes of one turn of the event loop share a commit: many at once cost little more than one. */
const writesAtOnce = 256;

export function simulationPart(context: ComponentContext, { scenario, started }: SimulationPartOptions): Part {
  const places = { addressOf: () => '127.0.0.1', port: 10_250 };
  return {
    name: 'simulation',
    run: (signal) => runSimulation(signal, context, { scenario, places, writesAtOnce, started }),
  };
}
