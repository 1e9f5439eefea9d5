/**
 * Refuses nodes without room for what the pod requests, and prefers those of which the least is taken.
 *
 * A request that not even the empty node could meet makes the refusal final: no preemption can help.
 */
import { maxScore, type Plugin, type Refusal } from '../../framework.ts';
import type { ResourceColumn } from '../../node-table.ts';

interface Wanted {
  readonly column: ResourceColumn;
  readonly amount: number;
  readonly reason: string;
}

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  helpedBy: ['node added', 'node allocatable changed', 'assigned pod deleted', 'assigned pod changed', 'pod changed'],
  preFilter({ requests }, table) {
    const wanted: Wanted[] = [{ column: table.resource('pods'), amount: 1, reason: 'Too many pods' }];
    for (const name of inOrder([...requests.keys()])) {
      wanted.push({
        column: table.resource(name),
        amount: requests.get(name) ?? 0,
        reason: `Insufficient ${name}`,
      });
    }
    return { type: 'filter', filter: (row) => refusalOf(row, wanted) };
  },
  preScore({ scoring }, table) {
    const cpu = table.resource('cpu').allocatable;
    const memory = table.resource('memory').allocatable;
    return {
      score(row) {
        const allocatable = [cpu[row] ?? 0, memory[row] ?? 0] as const;
        let sum = 0;
        let count = 0;
        if (allocatable[0] > 0) {
          sum += free(allocatable[0], (table.scoringCpu[row] ?? 0) + scoring.cpu);
          count++;
        }
        if (allocatable[1] > 0) {
          sum += free(allocatable[1], (table.scoringMemory[row] ?? 0) + scoring.memory);
          count++;
        }
        return count === 0 ? 0 : Math.trunc(sum / count);
      },
    };
  },
};

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

function free(allocatable: number, requested: number): number {
  return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxScore) / allocatable);
}
