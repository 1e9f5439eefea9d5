/**
 * Refuses nodes without room for what the pod requests, and prefers those of which the least is taken, or what its
 * strategy says.
 *
 * A request that not even the empty node could meet makes the refusal final: no preemption can help.
 */
import type { Node } from '../../../api/groups/core.v1.ts';
import type { DeviceClass } from '../../../api/groups/resource.v1.ts';
import { implicitPrefix } from '../../devices.ts';
import type { ChangedObject, Plugin, Refusal, Rows } from '../../framework.ts';
import type { ResourceColumn } from '../../node-table.ts';
import { amounts, type Amounts } from '../../pod-requests.ts';
import { cpuAndMemory, isScalarResource, scoreByStrategy, type ScoringStrategy } from '../../resource-scoring.ts';

export interface NodeResourcesFitArgs {
  readonly scoringStrategy?: ScoringStrategy | undefined;
  /** Extended resources that are not looked at, such as those that an extender manages. */
  readonly ignoredResources?: readonly string[] | undefined;
  /** The same for all resources of these domains. */
  readonly ignoredResourceGroups?: readonly string[] | undefined;
}

interface Wanted {
  readonly column: ResourceColumn;
  readonly amount: number;
  readonly reason: string;
  /** Nodes that have none of it may serve it with devices, which is another plugin's matter. */
  readonly byDevices: boolean;
}

const leastAllocated: ScoringStrategy = { type: 'LeastAllocated', resources: cpuAndMemory };

export function nodeResourcesFitWith(args: NodeResourcesFitArgs): Plugin {
  const { scoringStrategy = leastAllocated, ignoredResources = [], ignoredResourceGroups = [] } = args;
  const isIgnored = (name: string): boolean =>
    isScalarResource(name) &&
    (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0] ?? ''));
  return {
    name: 'NodeResourcesFit',
    helpedBy: [
      'node added',
      'node allocatable changed',
      'assigned pod deleted',
      'assigned pod changed',
      'device changed',
      'pod changed',
    ],
    helps({ requests }, { node, previousNode, pod, previousPod, about }) {
      const counted = [...requests].filter(([name]) => !isIgnored(name));
      if (node !== undefined) return hasMoreOf(counted, node, previousNode);
      if (about !== undefined) return standsForOneOf(requests, about);
      if (pod === undefined || previousPod === undefined) return true;
      return counted.some(([name]) => (pod.requests.get(name) ?? 0) < (previousPod.requests.get(name) ?? 0));
    },
    preFilter({ requests }, table) {
      const wanted: Wanted[] = [
        { column: table.resource('pods'), amount: 1, reason: 'Too many pods', byDevices: false },
      ];
      for (const name of inOrder([...requests.keys()])) {
        if (isIgnored(name)) continue;
        wanted.push({
          column: table.resource(name),
          amount: requests.get(name) ?? 0,
          reason: `Insufficient ${name}`,
          byDevices: isScalarResource(name) && table.devices.classOf(name) !== undefined,
        });
      }
      const explain = explainWith(wanted);
      return {
        type: 'filter',
        key: () =>
          wanted.map(({ reason, amount, byDevices }) => `${reason} ${amount}${byDevices ? ' devices' : ''}`).join(),
        filter: (row) => (fits(row, wanted) ? undefined : explain(row)),
        sift: (rows, count, refuse) => {
          let kept = count;
          for (const each of wanted) kept = siftBy(each, rows, kept, (row) => refuse(row, explain(row)));
          return kept;
        },
      };
    },
    preScore: (pod, table) => scoreByStrategy(scoringStrategy, pod, table),
  };
}

export const nodeResourcesFit = nodeResourcesFitWith({});

/** The pod would fit if the node were empty, and a resource that it needs is more than before. */
function hasMoreOf(requests: Iterable<readonly [string, number]>, node: Node, previousNode: Node | undefined): boolean {
  const now = amounts(node.status.allocatable);
  const before = amounts(previousNode?.status.allocatable);
  let isMore = (now.get('pods') ?? 0) > (before.get('pods') ?? 0);
  for (const [name, wanted] of requests) {
    const amount = now.get(name) ?? 0;
    if (amount < wanted) return false;
    isMore ||= amount > (before.get(name) ?? 0);
  }
  return isMore;
}

/** A device class by which devices may serve a resource from now on that the pod asks for. */
function standsForOneOf(requests: Amounts, { object, previous, isGone }: ChangedObject): boolean {
  if (object.kind !== 'DeviceClass' || isGone) return false;
  const { extendedResourceName } = (object as DeviceClass).spec;
  if (previous === undefined && requests.has(`${implicitPrefix}${object.metadata.name}`)) return true;
  const before = previous === undefined ? undefined : (previous as DeviceClass).spec.extendedResourceName;
  return extendedResourceName !== undefined && extendedResourceName !== before && requests.has(extendedResourceName);
}

function fits(row: number, wanted: readonly Wanted[]): boolean {
  for (const { column, amount, byDevices } of wanted) {
    const allocatable = column.allocatable[row] ?? 0;
    if (amount > allocatable - (column.requested[row] ?? 0) && !(byDevices && allocatable === 0)) return false;
  }
  return true;
}

function siftBy(
  { column, amount, byDevices }: Wanted,
  rows: Rows,
  count: number,
  refuse: (row: number) => void,
): number {
  const { allocatable, requested } = column;
  let kept = 0;
  for (let at = 0; at < count; at++) {
    const row = rows[at] ?? 0;
    const has = allocatable[row] ?? 0;
    if (amount > has - (requested[row] ?? 0) && !(byDevices && has === 0)) refuse(row);
    else rows[kept++] = row;
  }
  return kept;
}

/** Refusals by what is short and whether that can change: one for many rows. */
function explainWith(wanted: readonly Wanted[]): (row: number) => Refusal {
  const known = new Map<number, Refusal>();
  return (row) => {
    let short = 0;
    let preemptible = true;
    for (let at = 0; at < wanted.length; at++) {
      const { column, amount, byDevices } = wanted[at] as Wanted;
      const allocatable = column.allocatable[row] ?? 0;
      if (byDevices && allocatable === 0) continue;
      if (amount <= allocatable - (column.requested[row] ?? 0)) continue;
      short += 2 ** (at + 1);
      // A node that takes no pods at all is not told from a full one.
      if (amount > allocatable && at > 0) preemptible = false;
    }
    const key = short + (preemptible ? 1 : 0);
    let refusal = known.get(key);
    if (refusal === undefined) {
      const reasons = wanted.filter((_, at) => Math.trunc(short / 2 ** (at + 1)) % 2 === 1).map(({ reason }) => reason);
      refusal = shared({ reasons, preemptible });
      known.set(key, refusal);
    }
    return refusal;
  };
}

/** Equal refusals are one object, so that those of many rows and pods are counted quickly; forgotten when there are too many. */
const refusals = new Map<string, Refusal>();
const maxRefusals = 1024;

function shared(refusal: Refusal): Refusal {
  const key = JSON.stringify(refusal);
  const known = refusals.get(key);
  if (known !== undefined) return known;
  if (refusals.size >= maxRefusals) refusals.clear();
  refusals.set(key, refusal);
  return refusal;
}

const first = ['cpu', 'memory', 'ephemeral-storage'];

function inOrder(names: readonly string[]): readonly string[] {
  return [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name)).toSorted()];
}
