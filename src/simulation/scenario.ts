/**
 * What is simulated: the nodes there are, and how nodes and pods behave. It is read from a file (declarations.ts, read-scenario.ts) or is
 * the usual one, in which everything goes well and at once.
 */
import type { Taint } from '../api/groups/core.v1.ts';
import type { LabelRequirements } from '../api/label-selector.ts';
import type { Delay } from './dice.ts';

export interface Scenario {
  readonly seed: number;
  /** Where pods' addresses come from. */
  readonly podAddresses: string;
  readonly nodes: readonly NodeGroup[];
  /** The first rule that matches a pod says how it behaves. */
  readonly rules: readonly PodRule[];
}

export interface NodeGroup {
  readonly count: number;
  /** Nodes are called NAME-0, NAME-1 and so on. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Nodes take turns in them. */
  readonly zones: readonly string[];
  readonly capacity: Readonly<Record<string, string>>;
  readonly incidents: readonly NodeIncident[];
}

/** When something happens, counted from when the node registered or the pod began to run. */
export interface Occasion {
  readonly first: Delay;
  /** Undefined: once. */
  readonly every: Delay | undefined;
  /** Of each time, from 0 to 1. */
  readonly chance: number;
}

export interface NodeIncident extends Occasion {
  /** NotReady: it says so itself. Away: it says nothing more. Removed: its object is deleted. */
  readonly happens: 'NotReady' | 'Away' | 'Removed';
  /** Infinity: for good. */
  readonly lastsMs: number;
}

export interface PodRule {
  readonly name: string;
  readonly match: PodMatch;
  readonly behaviour: PodBehaviour;
}

/** All that is given must hold. */
export interface PodMatch {
  readonly namespaces: readonly string[];
  readonly labels: LabelRequirements;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
}

export interface PodBehaviour {
  /** From when the node gets the pod to when its first container runs. */
  readonly start: Delay;
  /** How long each init container runs. */
  readonly initialize: Delay;
  /** From when a container runs to when it is ready; undefined: what its probes say. */
  readonly ready: Delay | undefined;
  /** How long containers run, and how they end; undefined: until they are stopped. */
  readonly finish: (Delay & Ending) | undefined;
  /** How long containers take to stop; at most the grace period. */
  readonly stop: Delay;
  readonly incidents: readonly PodIncident[];
  readonly usage: Usage;
  readonly logs: readonly LogRule[];
  readonly exec: readonly ExecRule[];
}

export interface Ending {
  readonly exitCode: number;
  /** '': Completed or Error. */
  readonly reason: string;
}

/** Exit: the containers end. Unready: they are not ready for a time. Evict: the node fails the pod. */
export type PodIncident = Occasion &
  (
    | ({ readonly happens: 'Exit' } & Ending)
    | { readonly happens: 'Unready'; readonly lastsMs: number }
    | { readonly happens: 'Evict'; readonly message: string }
  );

/** Of each container; undefined: a share of what it requests. Use swings around these figures. */
export interface Usage {
  readonly cpuCores: number | undefined;
  readonly memoryBytes: number | undefined;
  /** From 0 (steady) to 1 (between nothing and twice as much). */
  readonly swing: number;
  readonly periodMs: number;
}

export interface LogRule {
  /** 0: once, when the container starts. */
  readonly everyMs: number;
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
}

export interface ExecRule {
  /** The words of the command, joined by spaces, begin with this. */
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const atOnce: Delay = { afterMs: 0, jitterMs: 0 };

export const usualBehaviour: PodBehaviour = {
  start: atOnce,
  initialize: atOnce,
  ready: undefined,
  finish: undefined,
  stop: atOnce,
  incidents: [],
  usage: { cpuCores: undefined, memoryBytes: undefined, swing: 0.2, periodMs: 600_000 },
  logs: [{ everyMs: 0, text: 'started', stream: 'stdout' }],
  exec: [],
};

export const usualNodes: NodeGroup = {
  count: 10,
  name: 'sim',
  labels: {},
  annotations: {},
  taints: [],
  zones: [],
  capacity: { cpu: '32', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '110' },
  incidents: [],
};

export const usualPodAddresses = '100.64.0.0/10';

const anyPod: PodMatch = { namespaces: [], labels: [], annotations: {}, owner: undefined };

/** What holds where a file says nothing else: pods of Jobs do their work in a second. */
export const usualRules: readonly PodRule[] = [
  {
    name: 'jobs',
    match: { ...anyPod, owner: { kind: 'Job', name: '' } },
    behaviour: { ...usualBehaviour, finish: { afterMs: 1000, jitterMs: 0, exitCode: 0, reason: '' } },
  },
  { name: 'usual', match: anyPod, behaviour: usualBehaviour },
];

export function usualScenario(nodes: number): Scenario {
  return { seed: 1, podAddresses: usualPodAddresses, nodes: [{ ...usualNodes, count: nodes }], rules: usualRules };
}
