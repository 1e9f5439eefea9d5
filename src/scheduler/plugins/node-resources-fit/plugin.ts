/**
 * Refuses nodes without room for what the pod requests, and prefers those of which the least is taken, or what its
 * strategy says.
 *
 * A request that not even the empty node could meet makes the refusal final: no preemption can help.
 */
import type { Plugin, Refusal } from '../../framework.ts';
import type { ResourceColumn } from '../../node-table.ts';
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
}

const leastAllocated: ScoringStrategy = { type: 'LeastAllocated', resources: cpuAndMemory };

export function nodeResourcesFitWith(args: NodeResourcesFitArgs): Plugin {
  const { scoringStrategy = leastAllocated, ignoredResources = [], ignoredResourceGroups = [] } = args;
  const isIgnored = (name: string): boolean =>
    isScalarResource(name) &&
    (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0] ?? ''));
  return {
    name: 'NodeResourcesFit',
    helpedBy: ['node added', 'node allocatable changed', 'assigned pod deleted', 'assigned pod changed', 'pod changed'],
    preFilter({ requests }, table) {
      const wanted: Wanted[] = [{ column: table.resource('pods'), amount: 1, reason: 'Too many pods' }];
      for (const name of inOrder([...requests.keys()])) {
        if (isIgnored(name)) continue;
        wanted.push({
          column: table.resource(name),
          amount: requests.get(name) ?? 0,
          reason: `Insufficient ${name}`,
        });
      }
      return { type: 'filter', filter: (row) => refusalOf(row, wanted) };
    },
    preScore: (pod, table) => scoreByStrategy(scoringStrategy, pod, table),
  };
}

export const nodeResourcesFit = nodeResourcesFitWith({});

function refusalOf(row: number, wanted: readonly Wanted[]): Refusal | undefined {
  for (const { column, amount } of wanted) {
    if (amount > (column.allocatable[row] ?? 0) - (column.requested[row] ?? 0)) return explain(row, wanted);
  }
  return undefined;
}

function explain(row: number, wanted: readonly Wanted[]): Refusal {
  const short = wanted.filter(
    ({ column, amount }) => amount > (column.allocatable[row] ?? 0) - (column.requested[row] ?? 0),
  );
  return {
    reasons: short.map(({ reason }) => reason),
    preemptible: short.every(({ column, amount }) => amount <= (column.allocatable[row] ?? 0)),
  };
}

const first = ['cpu', 'memory', 'ephemeral-storage'];

function inOrder(names: readonly string[]): readonly string[] {
  return [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name)).toSorted()];
}
