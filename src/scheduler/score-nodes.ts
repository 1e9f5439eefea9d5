/** Which of the nodes that take a pod suits it best: the highest sum of all plugins' scores; among equals chance decides. */
import type { Random } from '../base/random.ts';
import type { Plugin, Rows, RowScore } from './framework.ts';
import { inPlugin } from './in-plugin.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';
import { noProbe, type Probe } from './probe.ts';

export interface ScoreInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly plugins: readonly Plugin[];
  readonly random: Random;
  readonly probe?: Probe | undefined;
}

/** One of `rows`, of which there is at least one. `extra`: points for each of them besides the plugins'. */
export function bestOf(input: ScoreInput, rows: Rows, extra?: Float64Array): number {
  const { pod, table, plugins, random, probe = noProbe } = input;
  const [first = 0] = rows;
  if (rows.length === 1) return first;
  if (scratch.length < 2 * rows.length) scratch = new Float64Array(4 * rows.length);
  const totals = scratch.subarray(0, rows.length).fill(0);
  if (extra !== undefined) totals.set(extra);
  const scores = scratch.subarray(rows.length, 2 * rows.length);
  for (const { name, preScore, weight = 1 } of plugins) {
    if (preScore === undefined) continue;
    const preparingMs = probe.start();
    const scorer = inPlugin(preScoreContext, name, () => preScore(pod, table, rows));
    probe.asked(name, 'PreScore', preparingMs, scorer === undefined ? 'Skip' : 'Success');
    if (scorer === undefined) continue;
    const scoringMs = probe.start();
    inPlugin(scoreContext, name, () => {
      if (scorer.fill === undefined) scoreRows(scorer, rows, scores);
      else scorer.fill(rows, scores);
      scorer.normalize?.(scores, rows);
    });
    probe.asked(name, 'Score', scoringMs, 'Success');
    for (let at = 0; at < totals.length; at++) totals[at] = (totals[at] ?? 0) + weight * (scores[at] ?? 0);
  }
  return rows[highest(totals, random)] ?? first;
}

const preScoreContext = (plugin: string): string => `running PreScore plugin "${plugin}"`;
const scoreContext = (plugin: string): string => `running Score plugins: plugin "${plugin}" failed with`;

/** Totals and scores of the rows; as large as the largest choice so far needed. */
let scratch = new Float64Array(0);

function scoreRows({ score }: RowScore, rows: Rows, scores: Float64Array): void {
  for (let at = 0; at < rows.length; at++) scores[at] = score(rows[at] ?? 0);
}

function highest(totals: Float64Array, random: Random): number {
  let most = -Infinity;
  let equals = 0;
  for (let at = 0; at < totals.length; at++) {
    const total = totals[at] ?? 0;
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
