/**
 * Which nodes take a pod: the filters of all plugins, asked of node after node.
 *
 * In large clusters not every node is asked: the search starts where the last one stopped and ends when enough nodes fit.
 */
import type { Plugin, Refusal, RowFilter } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { NodeVerdicts, Verdict } from './node-verdicts.ts';
import type { PodInfo } from './pod-info.ts';

export interface FindInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly plugins: readonly Plugin[];
  readonly verdicts: NodeVerdicts;
  /** How many of the nodes are looked at, in percent; 0 or nothing: fewer in larger clusters. */
  readonly percentageOfNodesToScore?: number | undefined;
  /** Where in `table.live` the search starts. */
  readonly start: number;
  /** Pods that wait for room on a node by name: others of lower priority may not take it. Undefined: none anywhere. */
  readonly nominated?: ((nodeName: string) => readonly PodInfo[]) | undefined;
}

export type Filters =
  | { readonly type: 'refuse'; readonly plugin: string; readonly message: string }
  | {
      readonly type: 'filters';
      readonly byNode: (row: number) => Verdict | undefined;
      readonly byPods: readonly { readonly plugin: string; readonly filter: RowFilter }[];
      /** Plugins that named the nodes which alone come into question. */
      readonly naming: readonly string[];
      readonly names: ReadonlySet<string> | undefined;
    };

export interface Found {
  /** Rows that take the pod. */
  readonly rows: readonly number[];
  readonly refused: Refused;
  readonly nextStart: number;
}

/** Rows that refused the pod, and why. */
export class Refused {
  readonly rows: number[] = [];
  readonly refusals: Refusal[] = [];
  readonly plugins = new Set<string>();
  #last = '';
  #byRow: ReadonlyMap<number, Refusal> | undefined;

  add(row: number, plugin: string, refusal: Refusal): void {
    this.rows.push(row);
    this.refusals.push(refusal);
    if (plugin === this.#last) return;
    this.#last = plugin;
    this.plugins.add(plugin);
  }

  get(row: number): Refusal | undefined {
    this.#byRow ??= new Map(this.rows.map((refused, at) => [refused, this.refusals[at] as Refusal]));
    return this.#byRow.get(row);
  }
}

const leastSample = 100;

/** How many nodes that fit are enough. */
export function sampleSize(nodeCount: number, percentage = 0): number {
  if (nodeCount < leastSample) return nodeCount;
  const adaptive = Math.max(5, 50 - Math.trunc(nodeCount / 125));
  return Math.max(leastSample, Math.trunc((nodeCount * (percentage === 0 ? adaptive : percentage)) / 100));
}

export function prepareFilters({ pod, table, plugins, verdicts }: FindInput): Filters {
  const byPods: { readonly plugin: string; readonly filter: RowFilter }[] = [];
  const naming: string[] = [];
  let names: ReadonlySet<string> | undefined;
  for (const { name: plugin, preFilter } of plugins) {
    const result = preFilter?.(pod, table);
    if (result === undefined || result.type === 'skip') continue;
    if (result.type === 'refuse') return { ...result, plugin };
    if (result.type === 'filter') {
      byPods.push({ plugin, filter: result.filter });
    } else {
      naming.push(plugin);
      names = names === undefined ? result.names : names.intersection(result.names);
      if (names.size === 0) return { type: 'refuse', plugin, message: noneNamed(naming) };
    }
  }
  return { type: 'filters', byNode: verdicts.of(pod), byPods, naming, names };
}

function noneNamed(naming: readonly string[]): string {
  const plugins = naming.length === 1 ? `plugin ${naming[0] ?? ''}` : `plugin(s) [${naming.join(' ')}] simultaneously`;
  return `node(s) didn't satisfy ${plugins}`;
}

/** By the table as it is now. */
export function checkRow(input: FindInput, filters: Filters, row: number): Refusal | undefined {
  if (filters.type === 'refuse') return { reasons: [filters.message], preemptible: false };
  return (refusalOf(filters, row) ?? refusalBesideNominated(input, row))?.refusal;
}

export function findNodes(input: FindInput, filters: Extract<Filters, { type: 'filters' }>): Found {
  const { pod, table, start } = input;
  const refused = new Refused();
  const hoped = hopedRow(pod, table, filters.names);
  if (hoped !== undefined && accepts(input, filters, hoped, refused))
    return { rows: [hoped], refused, nextStart: start };
  const candidates = filters.names === undefined ? table.live : rowsNamed(table, filters.names);
  const wanted = sampleSize(candidates.length);
  const rows: number[] = [];
  let asked = 0;
  for (let at = start % Math.max(1, candidates.length); asked < candidates.length && rows.length < wanted; asked++) {
    const row = candidates[at] ?? 0;
    if (row !== hoped && accepts(input, filters, row, refused)) rows.push(row);
    if (++at === candidates.length) at = 0;
  }
  return { rows, refused, nextStart: (start + asked) % table.live.length };
}

/** The node that was promised to the pod, if it still comes into question. */
function hopedRow(pod: PodInfo, table: NodeTable, names: ReadonlySet<string> | undefined): number | undefined {
  const { nominatedNodeName = '' } = pod.pod.status;
  const row = nominatedNodeName === '' ? undefined : table.row(nominatedNodeName);
  if (row === undefined || table.node(row) === undefined) return undefined;
  return names === undefined || names.has(nominatedNodeName) ? row : undefined;
}

function rowsNamed(table: NodeTable, names: ReadonlySet<string>): readonly number[] {
  const rows: number[] = [];
  for (const name of names) {
    const row = table.row(name);
    if (row !== undefined && table.node(row) !== undefined) rows.push(row);
  }
  return rows;
}

function accepts(
  input: FindInput,
  filters: Extract<Filters, { type: 'filters' }>,
  row: number,
  refused: Refused,
): boolean {
  const verdict = filters.byNode(row);
  if (verdict !== undefined) {
    refused.add(row, verdict.plugin, verdict.refusal);
    return false;
  }
  for (const { plugin, filter } of filters.byPods) {
    const refusal = filter(row);
    if (refusal === undefined) continue;
    refused.add(row, plugin, refusal);
    return false;
  }
  const beside = input.nominated === undefined ? undefined : refusalBesideNominated(input, row);
  if (beside === undefined) return true;
  refused.add(row, beside.plugin, beside.refusal);
  return false;
}

function refusalOf(filters: Extract<Filters, { type: 'filters' }>, row: number): Verdict | undefined {
  const verdict = filters.byNode(row);
  if (verdict !== undefined) return verdict;
  for (const { plugin, filter } of filters.byPods) {
    const refusal = filter(row);
    if (refusal !== undefined) return { plugin, refusal };
  }
  return undefined;
}

/** The node must also do when the pods that were promised room on it, and matter at least as much, have come. */
function refusalBesideNominated(input: FindInput, row: number): Verdict | undefined {
  const { pod, table } = input;
  const nodeName = table.name(row);
  const nominated = input.nominated?.(nodeName) ?? [];
  if (nominated.length === 0) return undefined;
  const others = nominated.filter(
    (other) => other.uid !== pod.uid && other.priority >= pod.priority && !table.pods(row).has(other.uid),
  );
  if (others.length === 0) return undefined;
  for (const other of others) table.addPod(other, nodeName);
  // The pods may bring rules of their own, so the plugins look at the cluster anew.
  const filters = prepareFilters(input);
  const verdict = filters.type === 'filters' ? refusalOf(filters, row) : undefined;
  for (const other of others) table.removePod(other, nodeName);
  return verdict;
}
