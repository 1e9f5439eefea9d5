/** Which of the nodes that take a pod suits it best: the highest sum of all plugins' scores; among equals chance decides. */
import type { Random } from '../base/random.ts';
import type { Plugin } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

export interface ScoreInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly plugins: readonly Plugin[];
  readonly random: Random;
}

/** One of `rows`, of which there is at least one. */
export function bestOf({ pod, table, plugins, random }: ScoreInput, rows: readonly number[]): number {
  const [first = 0] = rows;
  if (rows.length === 1) return first;
  const totals = new Float64Array(rows.length);
  const scores = new Float64Array(rows.length);
  for (const { preScore, weight = 1 } of plugins) {
    const scorer = preScore?.(pod, table, rows);
    if (scorer === undefined) continue;
    scoreRows(scorer.score, rows, scores);
    scorer.normalize?.(scores, rows);
    for (let at = 0; at < totals.length; at++) totals[at] = (totals[at] ?? 0) + weight * (scores[at] ?? 0);
  }
  return rows[highest(totals, random)] ?? first;
}

function scoreRows(score: (row: number) => number, rows: readonly number[], scores: Float64Array): void {
  for (let at = 0; at < rows.length; at++) scores[at] = score(rows[at] ?? 0);
}

function highest(totals: Float64Array, random: Random): number {
  let most = -Infinity;
  let equals = 0;
  for (const total of totals) {
    if (total > most) {
      most = total;
      equals = 1;
    } else if (total === most) {
      equals++;
    }
  }
  let skipped = equals > 1 ? Math.floor(random.next() * equals) : 0;
  let at = totals.indexOf(most);
  for (; skipped > 0; skipped--) at = totals.indexOf(most, at + 1);
  return at;
}
