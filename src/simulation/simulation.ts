/**
 * Thousands of nodes in one process: what their kubelets would tell the API server, made up from a scenario and the time.
 *
 *   scenario ──▶ nodes: registration, leases, incidents      one loop each, one informer each,
 *           └──▶ pods: lives of those bound to the nodes      one calendar of timers for both
 *
 * Everything that is known comes from the API; a simulation that starts anew takes over the nodes and pods that it finds.
 */
import { Nodes, Pods } from '../api/resources.ts';
import type { ComponentContext } from '../client/component.ts';
import { createInformers } from '../client/shared-informers.ts';
import { Dice } from './dice.ts';
import { Figures } from './figures.ts';
import { SimulatedNodes } from './nodes.ts';
import { PodAddresses } from './pod-addresses.ts';
import { SimulatedPods } from './pods.ts';
import type { Scenario } from './scenario.ts';
import { makeNodes, type NodePlaces } from './simulated-node.ts';
import { Timers } from './timers.ts';

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly places: NodePlaces;
  /** How many writes for pods are under way at once. */
  readonly writesAtOnce: number;
  /** Called when the simulation has begun, with what it counts. */
  readonly started?: (figures: Figures) => void;
}

/** Runs until the signal aborts. Nodes and pods stay as they are. */
export async function runSimulation(
  signal: AbortSignal,
  context: ComponentContext,
  options: SimulationOptions,
): Promise<void> {
  const { scenario, places, writesAtOnce, started } = options;
  const { clock } = context;
  const timers = new Timers(clock);
  const dice = new Dice(scenario.seed);
  const all = makeNodes(scenario, places);
  const figures = new Figures(clock, all.length);
  const parts = { context, dice, timers, figures, signal };
  const nodes = new SimulatedNodes({ ...parts, nodes: all, changed: (node) => pods.nodeChanged(node) });
  const pods = new SimulatedPods({
    ...parts,
    rules: scenario.rules,
    addresses: new PodAddresses(scenario.podAddresses),
    writesAtOnce,
    nodeOf: (name) => nodes.get(name),
  });
  started?.(figures);
  const informers = createInformers({ ...context, signal });
  nodes.follow(informers.of(Nodes));
  pods.follow(informers.of(Pods));
  try {
    await nodes.register();
    await informers.whenEnded();
  } finally {
    timers.close();
  }
}
