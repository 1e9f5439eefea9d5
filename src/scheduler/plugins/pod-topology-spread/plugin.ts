/**
 * Spreads pods that are alike over topology domains (nodes, zones): where a constraint says DoNotSchedule no domain may
 * get more than maxSkew pods ahead of the emptiest; where it says ScheduleAnyway emptier domains are better.
 * Pods that a controller made and that say nothing are spread over nodes and zones, as far as other wishes allow.
 */
import type { TopologySpreadConstraint } from '../../../api/groups/core.v1.ts';
import type { LabelSelector } from '../../../api/groups/meta.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../../../api/label-selector.ts';
import type { DomainSums } from '../../domains.ts';
import { maxScore, type ClusterEvent, type Plugin, type Refusal, type Rows } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodKind, Say } from '../../pod-counts.ts';
import type { PodInfo } from '../../pod-info.ts';
import { selectorTags } from '../../pod-tags.ts';
import { hasNodeLabels, matchesAnyTerm } from '../node-affinity/node-selector.ts';
import { tolerates } from '../taint-toleration/tolerate.ts';

const uneven: Refusal = { reasons: ["node(s) didn't match pod topology spread constraints"], preemptible: true };
const noLabel: Refusal = {
  reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
  preemptible: false,
};

interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** 1 when the pod itself is one of those that are counted. */
  readonly self: number;
  readonly sums: DomainSums;
}

export interface PodTopologySpreadArgs {
  /** For pods that have no constraints; they mean the pods that belong together (see kinship.ts). */
  readonly defaultConstraints?: readonly DefaultConstraint[] | undefined;
}

export type DefaultConstraint = Pick<TopologySpreadConstraint, 'maxSkew' | 'topologyKey' | 'whenUnsatisfiable'>;

const hard = 'DoNotSchedule';
const soft = 'ScheduleAnyway';

/** Even over nodes first, over zones where there are any. */
const systemDefaults: readonly DefaultConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: soft },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: soft },
];

export function podTopologySpreadWith({ defaultConstraints }: PodTopologySpreadArgs): Plugin {
  const defaults = defaultConstraints ?? systemDefaults;
  // A cluster may have no zones: the system's own defaults do not ask nodes for their labels.
  const needsLabels = defaultConstraints !== undefined;
  const constraintsOf = (pod: PodInfo, table: NodeTable, action: string): readonly Constraint[] => {
    if (hasOwn(pod)) return prepare(pod, table, explicit(pod, action));
    return prepareDefaults(
      pod,
      table,
      defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action),
    );
  };
  return {
    name: 'PodTopologySpread',
    weight: 2,
    helpedBy: [
      'node added',
      'node deleted',
      'node labels changed',
      'node taints changed',
      'pod assigned',
      'assigned pod changed',
      'assigned pod deleted',
      'pod changed',
    ],
    helps,
    preFilter(pod, table) {
      const constraints = constraintsOf(pod, table, hard);
      if (constraints.length === 0) return { type: 'skip' };
      return {
        type: 'filter',
        filter: (row) => refusalOf(row, constraints),
        sift: (rows, count, refuse) =>
          constraints.reduce((kept, constraint) => siftBy(constraint, rows, kept, refuse), count),
      };
    },
    preScore(pod, table) {
      const constraints = constraintsOf(pod, table, soft);
      if (constraints.length === 0) return undefined;
      const labelled = needsLabels || hasOwn(pod);
      const weights = constraints.map(({ topologyKey, sums }) =>
        Math.log((topologyKey === hostname ? table.live.length : sums.size) + 2),
      );
      const rowScore = (row: number): number => {
        let sum = 0;
        for (let at = 0; at < constraints.length; at++) {
          const { sums, maxSkew } = constraints[at] as Constraint;
          if (sums.has(row)) sum += sums.of(row) * (weights[at] ?? 0) + (maxSkew - 1);
          else if (labelled) return ignored;
        }
        return Math.round(sum);
      };
      const fill = (rows: Rows, scores: Float64Array): void => {
        for (let at = 0; at < rows.length; at++) scores[at] = rowScore(rows[at] ?? 0);
      };
      return { score: rowScore, fill, normalize: fewerIsBetter };
    },
  };
}

export const podTopologySpread = podTopologySpreadWith({});

function hasOwn({ pod }: PodInfo): boolean {
  return (pod.spec.topologySpreadConstraints ?? []).length > 0;
}

/** The node has or had all labels that are spread over; the pod is or was one of those that are counted. */
function helps(waiting: PodInfo, { node, previousNode, pod, previousPod }: ClusterEvent): boolean {
  const constraints = explicit(waiting, hard);
  if (constraints.length === 0) return true;
  if (node !== undefined || previousNode !== undefined) {
    return [node, previousNode].some(
      (each) =>
        each !== undefined && constraints.every(({ topologyKey }) => each.metadata.labels?.[topologyKey] !== undefined),
    );
  }
  return [pod, previousPod].some(
    (other) =>
      other?.namespace === waiting.namespace &&
      constraints.some((constraint) => alike(waiting, selectorOf(constraint, waiting)).selects(other.labels)),
  );
}

const hostname = 'kubernetes.io/hostname';
/** Marks a row that lacks a label and gets no points. */
const ignored = -1;

function explicit({ pod }: PodInfo, whenUnsatisfiable: string): readonly TopologySpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable,
  );
}

function prepare(
  pod: PodInfo,
  table: NodeTable,
  constraints: readonly TopologySpreadConstraint[],
): readonly Constraint[] {
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  return constraints.map((constraint) => {
    const selector = selectorOf(constraint, pod);
    const kind = alike(pod, selector);
    const { topologyKey, maxSkew, minDomains = 1 } = constraint;
    const sums = table.counts.of(kind, topologyKey, sayOf(pod, table, constraint, keys));
    return { topologyKey, maxSkew, minDomains, self: kind.isSelf ? 1 : 0, sums };
  });
}

/** Pods of the namespace that the selector means. */
function alike(
  { namespace, labels }: PodInfo,
  selector: LabelSelector | undefined,
): PodKind & { isSelf: boolean; selects(labels: PodInfo['labels']): boolean } {
  const requirements = labelSelectorRequirements(selector);
  const selects = (of: PodInfo['labels']): boolean => requirements !== undefined && matchesLabels(requirements, of);
  return {
    key: `spread ${namespace} ${JSON.stringify(selector)}`,
    matches: (other) => other.namespace === namespace && !other.terminating && selects(other.labels),
    selects,
    tags: requirements === undefined ? [] : selectorTags(requirements, [namespace]),
    isSelf: selects(labels),
  };
}

function prepareDefaults(
  pod: PodInfo,
  table: NodeTable,
  defaults: readonly DefaultConstraint[],
): readonly Constraint[] {
  const kin = defaults.length === 0 ? undefined : table.kinship(pod);
  if (kin === undefined) return [];
  return defaults.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    self: kin.matches(pod) ? 1 : 0,
    sums: table.counts.of(kin, topologyKey),
  }));
}

/** The selector with the labels by which revisions are told apart (matchLabelKeys). */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: PodInfo) {
  if (labelSelector === undefined || matchLabelKeys.length === 0) return labelSelector;
  const added = matchLabelKeys.flatMap((key) => {
    const value = pod.labels[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }];
  });
  const selector: LabelSelector = {
    ...labelSelector,
    matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added],
  };
  return selector;
}

/**
 * Which nodes have a say: those with all labels that are spread over; by default of these the ones that the pod's node
 * selector allows, whatever their taints.
 */
function sayOf(
  { pod }: PodInfo,
  table: NodeTable,
  constraint: TopologySpreadConstraint,
  keys: readonly string[],
): Say | undefined {
  const { nodeSelector = {}, affinity, tolerations = [] } = pod.spec;
  const byAffinity = constraint.nodeAffinityPolicy !== 'Ignore';
  const selected = byAffinity ? nodeSelector : {};
  const required = byAffinity ? affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution : undefined;
  const byTaints = constraint.nodeTaintsPolicy === 'Honor';
  const simple = !byTaints && required === undefined && Object.keys(selected).length === 0;
  if (simple && keys.length === 1) return undefined;
  const columns = keys.map((key) => table.labelColumn(key));
  return {
    key: JSON.stringify([keys, selected, required, byTaints ? tolerations : undefined]),
    counts(row) {
      for (const column of columns) if (column.values[row] === 0) return false;
      if (simple) return true;
      const node = table.node(row);
      if (node === undefined || !hasNodeLabels(node, selected)) return false;
      if (required !== undefined && !matchesAnyTerm(node, required.nodeSelectorTerms)) return false;
      const hard = (node.spec.taints ?? []).filter((taint) => taint.effect !== 'PreferNoSchedule');
      return !byTaints || hard.every((taint) => tolerates(tolerations, taint));
    },
  };
}

function refusalOf(row: number, constraints: readonly Constraint[]): Refusal | undefined {
  for (const constraint of constraints) {
    if (!constraint.sums.has(row)) return noLabel;
    if (constraint.sums.of(row) > most(constraint)) return uneven;
  }
  return undefined;
}

/** The pods that a domain may have before this one. */
function most({ sums, self, maxSkew, minDomains }: Constraint): number {
  return maxSkew - self + (sums.size < minDomains ? 0 : sums.lowest);
}

function siftBy(
  constraint: Constraint,
  rows: Rows,
  count: number,
  refuse: (row: number, refusal: Refusal) => void,
): number {
  const { sums } = constraint;
  const labelled = sums.siftAtLeast(0, rows, count, (row) => refuse(row, noLabel));
  return sums.siftAtMost(most(constraint), rows, labelled, (row) => refuse(row, uneven));
}

function fewerIsBetter(scores: Float64Array): void {
  let highest = 0;
  let lowest = Infinity;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    if (score === ignored) continue;
    if (score > highest) highest = score;
    if (score < lowest) lowest = score;
  }
  lowest = Math.min(lowest, highest);
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    if (score === ignored) scores[at] = 0;
    else scores[at] = highest === 0 ? maxScore : Math.trunc((maxScore * (highest + lowest - score)) / highest);
  }
}
