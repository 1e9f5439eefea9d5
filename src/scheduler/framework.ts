/**
 * What a scheduling plugin is. One pod goes through the points in this order:
 *
 *   preEnqueue → [queue] → preFilter → filter* → (none fits: postFilter) → preScore → score* → reserve → permit
 *     → preBind → bind → postBind          (* for each node; from permit on beside the next pods' decisions)
 *
 * preFilter and preScore look at the pod once and answer the function that is asked for each node (a row of the table);
 * that function reads the table as it is when it is called, so that a caller may take pods off a row and ask again.
 * Filters that look at nothing but the pod's spec and the node itself go under `nodeFilter`: their answers are kept.
 */
import type { Node, Pod } from '../api/groups/core.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import type { Clock } from '../base/clock.ts';
import type { Client } from '../client/client.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

/** Why a node does not take a pod. */
export interface Refusal {
  /** As they are counted in `0/3 nodes are available: …`. */
  readonly reasons: readonly string[];
  /** Whether fewer pods on the node could change the answer. */
  readonly preemptible: boolean;
}

/** Rows of the table, in the order in which their nodes are asked. Valid during the call that hands them over. */
export type Rows = Int32Array;

/** Undefined: the node takes the pod. */
export type RowFilter = (row: number) => Refusal | undefined;
/**
 * A filter of many rows at once: moves those that take the pod to the front of the first `count`, in their order, tells of
 * the others, and answers how many take it.
 */
export type RowSift = (rows: Rows, count: number, refuse: (row: number, refusal: Refusal) => void) => number;
export type NodeFilter = (node: Node) => Refusal | undefined;

export type PreFilterResult =
  /** The plugin has nothing to say about this pod. */
  | { readonly type: 'skip' }
  /** No node will do, whatever it is like. */
  | { readonly type: 'refuse'; readonly message: string }
  | {
      readonly type: 'filter';
      readonly filter: RowFilter;
      /** Does the same as `filter`, where that is faster than asking row by row. */
      readonly sift?: RowSift;
      /**
       * Given when the answer depends on the row's own node and pods alone: pods with equal keys then get equal answers
       * for as long as these stay as they are.
       */
      readonly key?: () => string;
    }
  /** Only these nodes need be asked; nothing more to filter. */
  | { readonly type: 'nodes'; readonly names: ReadonlySet<string> };

export interface RowScore {
  /** Higher is better. From 0 to 100 unless `normalize` brings them there. */
  readonly score: (row: number) => number;
  /** `score` of many rows at once, where that is faster; sets each of `scores`. */
  readonly fill?: (rows: Rows, scores: Float64Array) => void;
  /** Brings the scores of all candidates to 0…100, in place. */
  readonly normalize?: (scores: Float64Array, rows: Rows) => void;
}

/** What may happen in the cluster that lets a refused pod fit. */
export const clusterChanges = [
  'node added',
  'node deleted',
  'node allocatable changed',
  'node labels changed',
  'node taints changed',
  'node features changed',
  'pod assigned',
  'assigned pod changed',
  'assigned pod deleted',
  'pod changed',
  'volume changed',
  'device changed',
] as const;
export type ClusterChange = (typeof clusterChanges)[number];

/** One change, and whom it befell. */
export interface ClusterEvent {
  readonly change: ClusterChange;
  /** As it is now, of a node that came or changed. */
  readonly node?: Node | undefined;
  /** Of a node that changed, or went. */
  readonly previousNode?: Node | undefined;
  /** As it is now, or was when it left. */
  readonly pod?: PodInfo | undefined;
  readonly previousPod?: PodInfo | undefined;
  /** Pods that matter more are not helped. */
  readonly highestPriority?: number | undefined;
  /** Of a volume or a device that changed: the object by which it did. */
  readonly about?: ChangedObject | undefined;
}

export interface ChangedObject {
  /** As it is now, or was when it went. */
  readonly object: KubeObject;
  /** Undefined of one that came or went. */
  readonly previous?: KubeObject | undefined;
  readonly isGone: boolean;
}

export interface PostFilterResult {
  /** Ends the sentence that says why the pod does not fit. */
  readonly message: string;
  /** Something went wrong: no further plugin is asked, and this alone is said. */
  readonly failed?: boolean | undefined;
  /** The node on which the pod may hope, once the victims are gone. */
  readonly nominatedNode?: string | undefined;
  readonly victims?: readonly PodInfo[] | undefined;
  /** All nodes that would do, the one that is nominated among them, for extenders to choose from. */
  readonly candidates?: readonly PreemptionCandidate[] | undefined;
  /** What else is to be written so that the pod may fit the next time. */
  readonly act?: ((client: Client) => Promise<void>) | undefined;
}

export interface PreemptionCandidate {
  readonly nodeName: string;
  /** Most important first. */
  readonly victims: readonly PodInfo[];
  readonly harm: Harm;
}

/** What the going of the victims costs: less is better in each, and what stands first counts most. */
export interface Harm {
  /** Of disruption budgets. */
  readonly violations: number;
  readonly highestPriority: number;
  readonly prioritySum: number;
  readonly victimCount: number;
  /** Since when the first of the most important ones has run, as milliseconds before the epoch. */
  readonly longestRun: number;
}

export interface PostFilterInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  /** Why a row was refused; a row that has no refusal was not worth asking. */
  readonly refusals: {
    get(row: number): Refusal | undefined;
    /** How many rows gave each of them. */
    readonly counts: { entries(): Iterable<readonly [Refusal, number]> };
  };
  /** Whether a row takes the pod, by the table as it is now, with all filters asked anew. */
  readonly check: (row: number) => Refusal | undefined;
  /** See `key` of a filter: given when all filters have one. */
  readonly key: string | undefined;
  /** What came of a plugin's preFilter: none is asked after one that refused the pod. */
  readonly preFilterOf: (plugin: string) => 'passed' | 'refused' | 'not asked';
  /** Whether the pod was promised room on the row; `check` counts in what others were promised. */
  readonly isPromised: (row: number) => boolean;
  /** The same list until a budget changes. */
  readonly budgets: readonly DisruptionBudget[];
}

/** A PodDisruptionBudget, as far as it matters for preemption. */
export interface DisruptionBudget {
  readonly namespace: string;
  /** False for pods whose eviction the budget has counted already. */
  readonly matches: (pod: Pod) => boolean;
  readonly disruptionsAllowed: number;
}

export interface BindContext {
  readonly client: Client;
  readonly pod: Pod;
  readonly nodeName: string;
  readonly table: NodeTable;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tells users what the pod waits for: an event about it. */
  readonly tell: (reason: string, note: string) => void;
}

export interface Plugin {
  /** As Kubernetes calls it. */
  readonly name: string;
  /** Its errors stand for themselves: the plugin is not named with them. */
  readonly isExtender?: boolean;
  /** Multiplies the score; 1 unless given. */
  readonly weight?: number;
  /** Changes after which a pod that this plugin refused is tried again. */
  readonly helpedBy: readonly ClusterChange[];
  /** A closer look at one of these changes: false when it cannot help this pod. Each helps unless given. */
  readonly helps?: (pod: PodInfo, event: ClusterEvent) => boolean;
  /** A message: the pod must not be tried yet. Asked again when the pod changes, and after what `helpedBy` names. */
  readonly preEnqueue?: (pod: Pod, table: NodeTable) => string | undefined;
  readonly nodeFilter?: (pod: PodInfo) => NodeFilter | undefined;
  readonly preFilter?: (pod: PodInfo, table: NodeTable) => PreFilterResult;
  readonly postFilter?: (input: PostFilterInput) => PostFilterResult;
  readonly preScore?: (pod: PodInfo, table: NodeTable, rows: Rows) => RowScore | undefined;
  /** Takes what the pod needs on the node. What it answers gives it back, should the pod not be bound after all. */
  readonly reserve?: (pod: PodInfo, nodeName: string, table: NodeTable) => (() => void) | undefined;
  /** Whether `permit` and `preBind` have anything to do for the pod; they have unless it says otherwise. */
  readonly preparesFor?: (pod: PodInfo) => boolean;
  /** Resolves when the pod may be bound; rejects to send it back (see rejection.ts). */
  readonly permit?: (context: BindContext) => Promise<void>;
  readonly preBind?: (context: BindContext) => Promise<void>;
  /** Whether this plugin has bound the pod; the first that has is the last that is asked. */
  readonly bind?: (context: BindContext) => Promise<boolean>;
  readonly postBind?: (context: BindContext) => void;
}

export const maxScore = 100;

/** Scales scores so that the highest becomes 100; `reverse` turns "fewer is better" around. */
export function normalizeToHighest(reverse: boolean): (scores: Float64Array) => void {
  return (scores) => {
    let highest = 0;
    for (const score of scores) if (score > highest) highest = score;
    for (let at = 0; at < scores.length; at++) {
      const scaled = highest === 0 ? 0 : Math.trunc((maxScore * (scores[at] ?? 0)) / highest);
      scores[at] = reverse ? maxScore - scaled : scaled;
    }
  };
}
