/**
 * Which nodes take a pod: the filters of all plugins, asked of node after node.
 *
 * In large clusters not every node is asked: the search starts where the last one stopped and ends when enough nodes fit.
 */
import type { Plugin, PreFilterResult, Refusal, RowFilter, Rows, RowSift } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { NodeVerdicts, Verdict } from './node-verdicts.ts';
import type { PodInfo } from './pod-info.ts';
import { KeptRefusals } from './kept-refusals.ts';
import { PerTemplate } from './per-template.ts';
import { noProbe, type PluginStatus, type Probe } from './probe.ts';
import { inPlugin } from './in-plugin.ts';
import { Refused } from './refused.ts';
import { RowMemory } from './row-memory.ts';

export interface FindInput {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly plugins: readonly Plugin[];
  readonly verdicts: NodeVerdicts;
  /** How many of the nodes are looked at, in percent; 0 or nothing: fewer in larger clusters. */
  readonly percentageOfNodesToScore?: number | undefined;
  /** Where in `table.live` the search starts. */
  readonly start: number;
  /** The node that the pod was promised is one among all. */
  readonly unhoped?: boolean | undefined;
  readonly probe?: Probe | undefined;
}

export type Filters =
  | {
      readonly type: 'refuse';
      readonly plugin: string;
      readonly message: string;
      /** Plugins whose preFilter was asked before. */
      readonly passed: readonly string[];
    }
  | {
      readonly type: 'filters';
      readonly byNode: ReturnType<NodeVerdicts['of']>;
      readonly byPods: readonly PodFilter[];
      /** Of pods that get the same answers from rows that are alike; undefined: answers depend on other rows. */
      readonly key: () => string | undefined;
      /** Plugins that named the nodes which alone come into question. */
      readonly naming: readonly string[];
      readonly names: ReadonlySet<string> | undefined;
    };

interface PodFilter {
  readonly plugin: string;
  readonly filter: RowFilter;
  readonly sift: RowSift;
}

type RowFilters = Extract<Filters, { type: 'filters' }>;

export interface Found {
  /** Rows that take the pod. */
  readonly rows: Rows;
  readonly refused: Refused;
  readonly nextStart: number;
}

const leastSample = 100;

/** How many nodes that fit are enough. */
export function sampleSize(nodeCount: number, percentage = 0): number {
  if (nodeCount < leastSample) return nodeCount;
  const adaptive = Math.max(5, 50 - Math.trunc(nodeCount / 125));
  return Math.max(leastSample, Math.trunc((nodeCount * (percentage === 0 ? adaptive : percentage)) / 100));
}

export function prepareFilters({ pod, table, plugins, verdicts, probe = noProbe }: FindInput): Filters {
  const byPods: PodFilter[] = [];
  const naming: string[] = [];
  const byNode = verdicts.of(pod);
  const keys: ((() => string) | undefined)[] = [() => byNode.key];
  let names: ReadonlySet<string> | undefined;
  const refuse = (plugin: string, message: string): Filters => {
    const asked = plugins.filter(({ preFilter }) => preFilter !== undefined).map(({ name }) => name);
    return { type: 'refuse', plugin, message, passed: asked.slice(0, asked.indexOf(plugin)) };
  };
  for (const { name: plugin, preFilter } of plugins) {
    if (preFilter === undefined) continue;
    const startedMs = probe.start();
    const result = inPlugin(preFilterContext, plugin, () => preFilter(pod, table));
    probe.asked(plugin, 'PreFilter', startedMs, preFilterStatus[result.type]);
    if (result.type === 'skip') continue;
    if (result.type === 'refuse') return refuse(plugin, result.message);
    if (result.type === 'filter') {
      const { filter, sift = oneByOne(filter) } = result;
      byPods.push({ plugin, filter, sift });
      keys.push(result.key);
    } else {
      naming.push(plugin);
      names = names === undefined ? result.names : names.intersection(result.names);
      if (names.size === 0) return refuse(plugin, noneNamed(naming));
    }
  }
  const key = (): string | undefined => {
    const texts = keys.map((text) => text?.());
    return texts.includes(undefined) ? undefined : texts.join(' ');
  };
  return { type: 'filters', byNode, byPods, key, naming, names };
}

const preFilterStatus: Readonly<Record<PreFilterResult['type'], PluginStatus>> = {
  skip: 'Skip',
  refuse: 'UnschedulableAndUnresolvable',
  filter: 'Success',
  nodes: 'Success',
};

function noneNamed(naming: readonly string[]): string {
  const plugins = naming.length === 1 ? `plugin ${naming[0] ?? ''}` : `plugin(s) [${naming.join(' ')}] simultaneously`;
  return `node(s) didn't satisfy ${plugins}`;
}

/** By the table as it is now. */
export function checkRow(input: FindInput, filters: Filters, row: number): Refusal | undefined {
  if (filters.type === 'refuse') return { reasons: [filters.message], preemptible: false };
  return (refusalOf(filters, row) ?? refusalBesidePromised(input, filters, row))?.refusal;
}

/** The rows that are found hold until the next search. */
export function findNodes(input: FindInput, filters: RowFilters): Found {
  const { pod, table, start } = input;
  const refused = new Refused(table.capacity);
  const hoped = input.unhoped === true ? undefined : hopedRow(pod, table, filters.names);
  if (hoped !== undefined && sift(input, filters, Int32Array.of(hoped), new Refused(table.capacity)) > 0) {
    return { rows: Int32Array.of(hoped), refused, nextStart: start };
  }
  const template = templateOf(input, filters);
  const kept = template === undefined ? undefined : keptRefusals.get(table, template);
  if (kept !== undefined && template !== undefined) {
    if (stillHold(kept, input, filters)) {
      refused.keep(kept);
      return { rows: noRows, refused, nextStart: start };
    }
    keptRefusals.delete(table, template);
  }
  const candidates = filters.names === undefined ? table.live : rowsNamed(table, filters.names);
  const { length } = candidates;
  const wanted = sampleSize(length, input.percentageOfNodesToScore);
  if (scratch.length < length) scratch = new Int32Array(2 * length);
  let found = 0;
  let asked = 0;
  let at = length === 0 ? 0 : start % length;
  while (asked < length && found < wanted) {
    const end = Math.min(length, at + Math.min(length - asked, Math.max(minStretch, wanted - found)));
    const stretch = scratch.subarray(found, found + end - at);
    stretch.set(candidates.subarray(at, end));
    const taken = sift(input, filters, stretch, refused);
    const surplus = found + taken - wanted;
    found += Math.min(taken, wanted - found);
    // The search ends at the last row that was wanted.
    const last = surplus > 0 ? candidates.indexOf(scratch[found - 1] ?? 0, at) + 1 : end;
    asked += last - at;
    at = end === length ? 0 : end;
  }
  if (found === 0 && template !== undefined) keptRefusals.set(table, template, new KeptRefusals(table));
  return { rows: scratch.subarray(0, found), refused, nextStart: (start + asked) % table.live.length };
}

const noRows = new Int32Array(0);
/** Of searches that found nothing. */
const keptRefusals = new PerTemplate<KeptRefusals>();

/** Equal for pods that every row answers alike; undefined where there is no telling. */
function templateOf({ pod, table }: FindInput, filters: RowFilters): string | undefined {
  if (filters.names !== undefined || table.isPromised(pod.uid)) return undefined;
  const key = filters.key();
  return key === undefined ? undefined : `${pod.priority} ${key}`;
}

function stillHold(kept: KeptRefusals, input: FindInput, filters: RowFilters): boolean {
  const { probe = noProbe } = input;
  const find = (row: number): Verdict | undefined =>
    refusalOf(filters, row) ?? refusalBesidePromised(input, filters, row);
  const startedMs = probe.start();
  const hold = kept.stillHold(input.table, find);
  const plugins = new Set(kept.plugins);
  if (!hold) return false;
  for (const { plugin } of filters.byPods) {
    probe.asked(plugin, 'Filter', startedMs, plugins.has(plugin) ? 'Unschedulable' : 'Success');
  }
  return true;
}

/** Where rows are sifted; as large as the largest search so far needed. */
let scratch = new Int32Array(0);
const minStretch = 64;

/** The node that was promised to the pod, if it still comes into question. */
function hopedRow(pod: PodInfo, table: NodeTable, names: ReadonlySet<string> | undefined): number | undefined {
  const { nominatedNodeName = '' } = pod.pod.status;
  const row = nominatedNodeName === '' ? undefined : table.row(nominatedNodeName);
  if (row === undefined || table.node(row) === undefined) return undefined;
  return names === undefined || names.has(nominatedNodeName) ? row : undefined;
}

function rowsNamed(table: NodeTable, names: ReadonlySet<string>): Rows {
  const rows: number[] = [];
  for (const name of names) {
    const row = table.row(name);
    if (row !== undefined && table.node(row) !== undefined) rows.push(row);
  }
  return Int32Array.from(rows);
}

/** Moves the rows that take the pod to the front; answers how many they are. */
function sift(input: FindInput, filters: RowFilters, rows: Rows, refused: Refused): number {
  const { probe = noProbe } = input;
  let count = filters.byNode.sift(rows, rows.length, (row, { plugin, refusal }) => {
    refused.by(plugin);
    refused.add(row, refusal);
  });
  for (const { plugin, sift: siftRows } of filters.byPods) {
    const before = count;
    const startedMs = probe.start();
    const asked = count;
    count = inPlugin(filterContext, plugin, () => siftRows(rows, asked, (row, refusal) => refused.add(row, refusal)));
    probe.asked(plugin, 'Filter', startedMs, count < before ? 'Unschedulable' : 'Success');
    if (count < before) refused.by(plugin);
  }
  if (!input.table.hasPromises) return count;
  const { pod, table } = input;
  const find = (row: number): Verdict | undefined => refusalBesidePromised(input, filters, row);
  const key = filters.key();
  const remembered = key === undefined ? find : besidePromised.of(table, `${pod.priority} ${key}`, find);
  let kept = 0;
  for (const row of rows.subarray(0, count)) {
    const verdict = isPromisedTo(pod, table, row) ? find(row) : remembered(row);
    if (verdict === undefined) rows[kept++] = row;
    else {
      refused.by(verdict.plugin);
      refused.add(row, verdict.refusal);
    }
  }
  return kept;
}

const besidePromised = new RowMemory<Verdict | undefined>();

export function isPromisedTo({ uid }: PodInfo, table: NodeTable, row: number): boolean {
  const promised = table.promisedOn(row);
  for (let at = 0; at < promised.length; at++) if (promised[at]?.uid === uid) return true;
  return false;
}

function oneByOne(filter: RowFilter): RowSift {
  return (rows, count, refuse) => {
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = rows[at] ?? 0;
      const refusal = filter(row);
      if (refusal === undefined) rows[kept++] = row;
      else refuse(row, refusal);
    }
    return kept;
  };
}

function refusalOf(filters: RowFilters, row: number): Verdict | undefined {
  const verdict = filters.byNode.get(row);
  if (verdict !== undefined) return verdict;
  for (const { plugin, filter } of filters.byPods) {
    const refusal = inPlugin(filterContext, plugin, () => filter(row));
    if (refusal !== undefined) return { plugin, refusal };
  }
  return undefined;
}

const preFilterContext = (plugin: string): string => `running PreFilter plugin "${plugin}"`;
const filterContext = (plugin: string): string => `running "${plugin}" filter plugin`;

/** The node must also do when the pods that were promised room on it, and matter at least as much, have come. */
function refusalBesidePromised(input: FindInput, filters: RowFilters, row: number): Verdict | undefined {
  const { pod, table } = input;
  const promised = table.promisedOn(row);
  if (promised.length === 0) return undefined;
  const others = promised.filter(
    (other) => other.uid !== pod.uid && other.priority >= pod.priority && !table.pods(row).has(other.uid),
  );
  if (others.length === 0) return undefined;
  const nodeName = table.name(row);
  return table.tryOut(row, () => {
    for (const other of others) table.addPod(other, nodeName);
    // Filters read the table as it is, but do not know of rules that the others bring.
    const anew = others.some((other) => other.pod.spec.affinity?.podAntiAffinity !== undefined);
    const all = anew ? prepareFilters(input) : filters;
    const verdict = all.type === 'filters' ? refusalOf(all, row) : undefined;
    for (const other of others) table.removePod(other, nodeName);
    return verdict;
  });
}
