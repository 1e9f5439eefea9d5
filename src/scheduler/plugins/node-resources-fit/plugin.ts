/**
 * Refuses nodes without room for what the pod requests, and prefers those of which the least is taken.
 *
 * A request that not even the empty node could meet makes the refusal final: no preemption can help.
 */
import { maxScore, type Plugin, type Refusal, type Rows } from '../../framework.ts';
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
    const explain = explainWith(wanted);
    return {
      type: 'filter',
      key: () => [...requests].join(),
      filter: (row) => (fits(row, wanted) ? undefined : explain(row)),
      sift: (rows, count, refuse) => {
        let kept = count;
        for (const each of wanted) kept = siftBy(each, rows, kept, (row) => refuse(row, explain(row)));
        return kept;
      },
    };
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

function fits(row: number, wanted: readonly Wanted[]): boolean {
  for (const { column, amount } of wanted) {
    if (amount > (column.allocatable[row] ?? 0) - (column.requested[row] ?? 0)) return false;
  }
  return true;
}

function siftBy({ column, amount }: Wanted, rows: Rows, count: number, refuse: (row: number) => void): number {
  const { allocatable, requested } = column;
  let kept = 0;
  for (let at = 0; at < count; at++) {
    const row = rows[at] ?? 0;
    if (amount > (allocatable[row] ?? 0) - (requested[row] ?? 0)) refuse(row);
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
      const { column, amount } = wanted[at] as Wanted;
      const allocatable = column.allocatable[row] ?? 0;
      if (amount <= allocatable - (column.requested[row] ?? 0)) continue;
      short += 2 ** (at + 1);
      if (amount > allocatable) preemptible = false;
    }
    const key = short + (preemptible ? 1 : 0);
    let refusal = known.get(key);
    if (refusal === undefined) {
      const reasons = wanted.filter((_, at) => Math.trunc(short / 2 ** (at + 1)) % 2 === 1).map(({ reason }) => reason);
      refusal = { reasons, preemptible };
      known.set(key, refusal);
    }
    return refusal;
  };
}

const first = ['cpu', 'memory', 'ephemeral-storage'];

function inOrder(names: readonly string[]): readonly string[] {
  return [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name)).toSorted()];
}

function free(allocatable: number, requested: number): number {
  return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxScore) / allocatable);
}
