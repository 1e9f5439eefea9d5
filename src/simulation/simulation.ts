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
import type { Places } from './places.ts';
import { PodAddresses } from './pod-addresses.ts';
import { SimulatedPods } from './pods.ts';
import type { Scenario } from './scenario.ts';
import { startServer, type Credentials, type Shown } from './server.ts';
import { makeNodes, type SimulatedNode } from './simulated-node.ts';
import { Timers } from './timers.ts';

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly places: Places;
  readonly credentials: Credentials;
  /** Where the server of all nodes listens; 0: any free one. */
  readonly port: number;
  /** How many writes for pods are under way at once. */
  readonly writesAtOnce: number;
  /** Called when the simulation has begun, with what it counts. */
  readonly started?: (figures: Figures) => void;
}

/** Runs until the signal aborts. Nodes and pods stay as they are. */
export async function runSimulation(
  ended: AbortSignal,
  context: ComponentContext,
  options: SimulationOptions,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([ended, failed.signal]);
  const timers = new Timers(context.clock);
  const dice = new Dice(options.scenario.seed);
  let running: Running | undefined;
  const shown: Shown = {
    node: (name) => running?.nodes.get(name),
    nodeAt: (index) => running?.all[index],
    podsOn: (node) => running?.pods.on(node) ?? [],
    pod: (namespace, name) => running?.pods.named(namespace, name),
    podOf: (id) => running?.pods.withId(id),
  };
  const { credentials, places, port } = options;
  const server = await startServer({ context, dice, credentials, places, port, shown });
  try {
    running = assemble({ ...options, context, dice, timers, port: server.port, signal });
    options.started?.(running.figures);
    const informers = createInformers({ ...context, signal });
    running.nodes.follow(informers.of(Nodes));
    running.pods.follow(informers.of(Pods));
    await running.nodes.register();
    await informers.whenEnded();
  } finally {
    failed.abort();
    timers.close();
    await server.close();
  }
}

interface Running {
  readonly all: readonly SimulatedNode[];
  readonly nodes: SimulatedNodes;
  readonly pods: SimulatedPods;
  readonly figures: Figures;
}

interface Parts extends SimulationOptions {
  readonly context: ComponentContext;
  readonly dice: Dice;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

function assemble({ scenario, places, port, context, dice, timers, writesAtOnce, signal }: Parts): Running {
  const all = makeNodes(scenario, places, port);
  const figures = new Figures(context.clock, all.length);
  const parts = { context, dice, timers, figures, signal };
  const nodes = new SimulatedNodes({ ...parts, nodes: all, changed: (node) => pods.nodeChanged(node) });
  const pods = new SimulatedPods({
    ...parts,
    rules: scenario.rules,
    addresses: new PodAddresses(scenario.podAddresses),
    writesAtOnce,
    nodeOf: (name) => nodes.get(name),
  });
  return { all, nodes, pods, figures };
}
