/**
 * Spreads pods that are alike over topology domains (nodes, zones): where a constraint says DoNotSchedule no domain may
 * get more than maxSkew pods ahead of the emptiest; where it says ScheduleAnyway emptier domains are better.
 * Pods that a controller made and that say nothing are spread over nodes and zones, as far as other wishes allow.
 */
import type { TopologySpreadConstraint } from '../../../api/groups/core.v1.ts';
import type { LabelSelector } from '../../../api/groups/meta.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../../../api/label-selector.ts';
import { sumByDomain, type DomainSums } from '../../domains.ts';
import { maxScore, type Plugin, type Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';
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

/** Even over nodes first, over zones where there are any. */
const systemDefaults: readonly DefaultConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

export function podTopologySpreadWith({ defaultConstraints }: PodTopologySpreadArgs): Plugin {
  const defaults = defaultConstraints ?? systemDefaults;
  // A cluster may have no zones: the system's own defaults do not ask nodes for their labels.
  const needsLabels = defaultConstraints !== undefined;
  return {
    name: 'PodTopologySpread',
    weight: 2,
    helpedBy: [
      'node added',
      'node labels changed',
      'node taints changed',
      'pod assigned',
      'assigned pod changed',
      'assigned pod deleted',
      'pod changed',
    ],
    preFilter(pod, table) {
      const constraints = hasOwn(pod)
        ? prepare(pod, table, explicit(pod, hard), true)
        : prepareDefaults(
            pod,
            table,
            defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === hard),
          );
      if (constraints.length === 0) return { type: 'skip' };
      return { type: 'filter', filter: (row) => refusalOf(row, constraints) };
    },
    preScore(pod, table) {
      const own = hasOwn(pod);
      const constraints = own
        ? prepare(pod, table, explicit(pod, soft), true)
        : prepareDefaults(
            pod,
            table,
            defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === soft),
          );
      if (constraints.length === 0) return undefined;
      const labelled = own || needsLabels;
      const rowScore = (row: number): number => {
        let sum = 0;
        for (const { topologyKey, sums, maxSkew } of constraints) {
          if (!sums.has(row)) {
            if (labelled) return ignored;
            continue;
          }
          const weight = Math.log((topologyKey === hostname ? table.live.length : sums.size) + 2);
          sum += sums.of(row) * weight + (maxSkew - 1);
        }
        return Math.round(sum);
      };
      return { score: rowScore, normalize: fewerIsBetter };
    },
  };
}

export const podTopologySpread = podTopologySpreadWith({});

const hard = 'DoNotSchedule';
const soft = 'ScheduleAnyway';

function hasOwn({ pod }: PodInfo): boolean {
  return (pod.spec.topologySpreadConstraints ?? []).length > 0;
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
  needsAllLabels: boolean,
): readonly Constraint[] {
  const keys = needsAllLabels ? constraints.map(({ topologyKey }) => table.label(topologyKey)) : [];
  return constraints.map((constraint) => {
    const selector = selectorOf(constraint, pod);
    const requirements = labelSelectorRequirements(selector) ?? [];
    const matches = (other: PodInfo): boolean =>
      selector !== undefined &&
      other.namespace === pod.namespace &&
      !other.terminating &&
      matchesLabels(requirements, other.labels);
    const counts = table.counts.of(`spread ${pod.namespace} ${JSON.stringify(selector)}`, matches);
    const eligible = eligibleRows(pod, table, constraint);
    const counted = (row: number): boolean => keys.every((key) => key[row] !== 0) && eligible(row);
    return {
      topologyKey: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      self: selector !== undefined && matchesLabels(requirements, pod.labels) ? 1 : 0,
      sums: sumByDomain(table, constraint.topologyKey, counts, counted),
    };
  });
}

function prepareDefaults(
  pod: PodInfo,
  table: NodeTable,
  defaults: readonly DefaultConstraint[],
): readonly Constraint[] {
  const kin = defaults.length === 0 ? undefined : table.kinship(pod);
  if (kin === undefined) return [];
  const counts = table.counts.of(kin.key, (other) => !other.terminating && kin.matches(other));
  return defaults.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    self: kin.matches(pod) ? 1 : 0,
    sums: sumByDomain(table, topologyKey, counts),
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

/** Which nodes have a say: by default those that the pod's node selector allows, whatever their taints. */
function eligibleRows({ pod }: PodInfo, table: NodeTable, constraint: TopologySpreadConstraint) {
  const { nodeSelector = {}, affinity, tolerations = [] } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const byAffinity = constraint.nodeAffinityPolicy !== 'Ignore';
  const byTaints = constraint.nodeTaintsPolicy === 'Honor';
  if (!byTaints && (!byAffinity || (required === undefined && Object.keys(nodeSelector).length === 0))) {
    return () => true;
  }
  return (row: number): boolean => {
    const node = table.node(row);
    if (node === undefined) return false;
    if (byAffinity && !hasNodeLabels(node, nodeSelector)) return false;
    if (byAffinity && required !== undefined && !matchesAnyTerm(node, required.nodeSelectorTerms)) return false;
    const hard = (node.spec.taints ?? []).filter((taint) => taint.effect !== 'PreferNoSchedule');
    return !byTaints || hard.every((taint) => tolerates(tolerations, taint));
  };
}

function refusalOf(row: number, constraints: readonly Constraint[]): Refusal | undefined {
  for (const { sums, self, maxSkew, minDomains } of constraints) {
    if (!sums.has(row)) return noLabel;
    const lowest = sums.size < minDomains ? 0 : sums.lowest;
    if (sums.of(row) + self - lowest > maxSkew) return uneven;
  }
  return undefined;
}

function fewerIsBetter(scores: Float64Array): void {
  const real = scores.filter((score) => score !== ignored);
  const highest = Math.max(0, ...real);
  const lowest = Math.min(...real, highest);
  for (const [at, score] of scores.entries()) {
    if (score === ignored) scores[at] = 0;
    else scores[at] = highest === 0 ? maxScore : Math.trunc((maxScore * (highest + lowest - score)) / highest);
  }
}
