/**
 * Where does this pod go? One decision, from the table as it is, without the API.
 *
 * In large clusters not every node is asked: the search starts where the last one stopped and ends when enough nodes fit,
 * so that a decision costs the same for each of them. The best score wins; among equals chance decides.
 */
import type { Random } from '../base/random.ts';
import { fitMessage, noNodesMessage, preFilterMessage } from './fit-message.ts';
import type { DisruptionBudget, Plugin, PostFilterInput, Refusal, RowFilter } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { NodeVerdicts, Verdict } from './node-verdicts.ts';
import type { PodInfo } from './pod-info.ts';

export interface DecideInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly plugins: readonly Plugin[];
  readonly verdicts: NodeVerdicts;
  /** How many of the nodes are looked at, in percent; 0 or nothing: fewer in larger clusters. */
  readonly percentageOfNodesToScore?: number | undefined;
  readonly random: Random;
  /** Where in `table.live` the search starts. */
  readonly start: number;
  /** Pods that wait for room on a node by name: others of lower priority may not take it. */
  readonly nominated: (nodeName: string) => readonly PodInfo[];
  readonly budgets: readonly DisruptionBudget[];
}

export type Decision =
  | { readonly type: 'fits'; readonly nodeName: string; readonly nextStart: number }
  | {
      readonly type: 'refused';
      readonly message: string;
      /** Names of the plugins that refused, to know what can help. */
      readonly refusedBy: ReadonlySet<string>;
      readonly nextStart: number;
      readonly nominatedNode?: string | undefined;
      readonly victims?: readonly PodInfo[] | undefined;
    };

type Filters =
  | { readonly type: 'refuse'; readonly plugin: string; readonly message: string }
  | {
      readonly type: 'filters';
      readonly check: (row: number) => Verdict | undefined;
      /** Plugins that named the nodes which alone come into question. */
      readonly naming: readonly string[];
      readonly names: ReadonlySet<string> | undefined;
    };

const leastSample = 100;

/** How many nodes that fit are enough. */
export function sampleSize(nodeCount: number, percentage = 0): number {
  if (nodeCount < leastSample) return nodeCount;
  const adaptive = Math.max(5, 50 - Math.trunc(nodeCount / 125));
  return Math.max(leastSample, Math.trunc((nodeCount * (percentage === 0 ? adaptive : percentage)) / 100));
}

export function decide(input: DecideInput): Decision {
  const { pod, table, start } = input;
  const nodeCount = table.live.length;
  if (nodeCount === 0) return { type: 'refused', message: noNodesMessage, refusedBy: new Set(), nextStart: 0 };
  const filters = prepareFilters(input);
  if (filters.type === 'refuse') {
    const message = preFilterMessage(nodeCount, filters.message);
    return refused(input, message, new Set([filters.plugin]), new Map(), start);
  }
  const found = search(input, filters);
  if (found.rows.length === 0) {
    const missing = nodeCount - found.refusals.size;
    const unasked = { reasons: [`node(s) didn't satisfy plugin(s) [${filters.naming.join(' ')}]`], preemptible: false };
    const all = [...found.refusals.values(), ...Array.from({ length: missing }, () => unasked)];
    const by = new Set([...found.refusedBy, ...filters.naming]);
    return refused(input, fitMessage(nodeCount, all), by, found.refusals, found.nextStart);
  }
  const row = best(input, pod, found.rows);
  return { type: 'fits', nodeName: table.name(row), nextStart: found.nextStart };
}

function prepareFilters({ pod, table, plugins, verdicts }: DecideInput): Filters {
  const byNode = verdicts.of(pod);
  const filters: { readonly plugin: string; readonly filter: RowFilter }[] = [];
  const naming: string[] = [];
  let names: ReadonlySet<string> | undefined;
  for (const { name: plugin, preFilter } of plugins) {
    const result = preFilter?.(pod, table);
    if (result === undefined || result.type === 'skip') continue;
    if (result.type === 'refuse') return { ...result, plugin };
    if (result.type === 'filter') {
      filters.push({ plugin, filter: result.filter });
    } else {
      naming.push(plugin);
      names = names === undefined ? result.names : names.intersection(result.names);
    }
  }
  const check = (row: number): Verdict | undefined => {
    const verdict = byNode(row);
    if (verdict !== undefined) return verdict;
    for (const { plugin, filter } of filters) {
      const refusal = filter(row);
      if (refusal !== undefined) return { plugin, refusal };
    }
    return undefined;
  };
  return { type: 'filters', check, naming, names };
}

interface Found {
  readonly rows: readonly number[];
  readonly refusals: ReadonlyMap<number, Refusal>;
  readonly refusedBy: ReadonlySet<string>;
  readonly nextStart: number;
}

function search(input: DecideInput, { check, names }: Extract<Filters, { type: 'filters' }>): Found {
  const { pod, table, start } = input;
  const candidates = names === undefined ? table.live : table.live.filter((row) => names.has(table.name(row)));
  const wanted = sampleSize(candidates.length, input.percentageOfNodesToScore);
  const refusals = new Map<number, Refusal>();
  const refusedBy = new Set<string>();
  const ask = (row: number): Verdict | undefined => check(row) ?? refusalBesideNominated(input, row);
  const accept = (row: number): boolean => {
    const verdict = ask(row);
    if (verdict === undefined) return true;
    refusals.set(row, verdict.refusal);
    refusedBy.add(verdict.plugin);
    return false;
  };
  const hoped = table.row(pod.pod.status.nominatedNodeName ?? '');
  if (hoped !== undefined && candidates.includes(hoped) && accept(hoped)) {
    return { rows: [hoped], refusals, refusedBy, nextStart: start };
  }
  const rows: number[] = [];
  let asked = 0;
  while (asked < candidates.length && rows.length < wanted) {
    const row = candidates[(start + asked) % candidates.length];
    if (row !== undefined && accept(row)) rows.push(row);
    asked++;
  }
  return { rows, refusals, refusedBy, nextStart: (start + asked) % table.live.length };
}

/** The node must also do when the pods that were promised room on it, and matter at least as much, have come. */
function refusalBesideNominated(input: DecideInput, row: number): Verdict | undefined {
  const { pod, table } = input;
  const nodeName = table.name(row);
  const others = input
    .nominated(nodeName)
    .filter((other) => other.uid !== pod.uid && other.priority >= pod.priority && !table.pods(row).has(other.uid));
  if (others.length === 0) return undefined;
  for (const other of others) table.addPod(other, nodeName);
  const filters = prepareFilters(input);
  const verdict = filters.type === 'filters' ? filters.check(row) : undefined;
  for (const other of others) table.removePod(other, nodeName);
  return verdict;
}

function best({ plugins, table, random }: DecideInput, pod: PodInfo, rows: readonly number[]): number {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return only;
  const totals = new Float64Array(rows.length);
  const scores = new Float64Array(rows.length);
  for (const { preScore, weight = 1 } of plugins) {
    const scorer = preScore?.(pod, table, rows);
    if (scorer === undefined) continue;
    for (let at = 0; at < rows.length; at++) scores[at] = scorer.score(rows[at] ?? 0);
    scorer.normalize?.(scores, rows);
    for (let at = 0; at < rows.length; at++) totals[at] = (totals[at] ?? 0) + weight * (scores[at] ?? 0);
  }
  return rows[highest(totals, random)] ?? 0;
}

function highest(totals: Float64Array, random: Random): number {
  let chosen = 0;
  let equals = 1;
  for (let at = 1; at < totals.length; at++) {
    const difference = (totals[at] ?? 0) - (totals[chosen] ?? 0);
    if (difference > 0) {
      chosen = at;
      equals = 1;
    } else if (difference === 0 && random.next() * ++equals < 1) {
      chosen = at;
    }
  }
  return chosen;
}

function refused(
  input: DecideInput,
  reason: string,
  refusedBy: ReadonlySet<string>,
  refusals: ReadonlyMap<number, Refusal>,
  nextStart: number,
): Decision {
  const { pod, table, budgets } = input;
  const check = (row: number): Refusal | undefined => {
    const filters = prepareFilters(input);
    if (filters.type === 'refuse') return { reasons: [filters.message], preemptible: false };
    return filters.check(row)?.refusal ?? refusalBesideNominated(input, row)?.refusal;
  };
  const postInput: PostFilterInput = { pod, table, refusals, check, budgets };
  const results = input.plugins.flatMap(({ postFilter }) => (postFilter === undefined ? [] : [postFilter(postInput)]));
  const helped = results.find((result) => result.nominatedNode !== undefined);
  const told = (helped?.victims === undefined ? results : [helped]).map((result) => result.message).join(', ');
  const message = told === '' ? reason : `${reason} ${told}`;
  return {
    type: 'refused',
    message,
    refusedBy,
    nextStart,
    nominatedNode: helped?.nominatedNode,
    victims: helped?.victims,
  };
}
