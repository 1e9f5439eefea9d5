/**
 * Where does this pod go? One decision, from the table as it is, without the API: find the nodes that take it, choose the
 * best of them; when there is none, say why, and let plugins try to make room.
 */
import type { Client } from '../client/client.ts';
import type { Random } from '../base/random.ts';
import { checkRow, findNodes, isPromisedTo, prepareFilters, type Filters, type FindInput } from './find-nodes.ts';
import { fitMessage, noNodesMessage, preFilterMessage } from './fit-message.ts';
import type {
  DisruptionBudget,
  Plugin,
  PostFilterInput,
  PostFilterResult,
  PreemptionCandidate,
  Refusal,
  Rows,
} from './framework.ts';
import type { PodInfo } from './pod-info.ts';
import { noProbe } from './probe.ts';
import { Refused } from './refused.ts';
import { bestOf } from './score-nodes.ts';

export interface DecideInput extends FindInput {
  readonly random: Random;
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
      readonly candidates?: readonly PreemptionCandidate[] | undefined;
      /** What is said should the candidates come to nothing: why no node takes the pod, and what others tried. */
      readonly otherwise?: { readonly reason: string; readonly told: readonly string[] } | undefined;
      /** What plugins have written so that the pod may fit the next time. */
      readonly acts?: readonly ((client: Client) => Promise<void>)[];
    };

/** What the filters left, before the best of them is chosen. */
export interface Shortlist {
  readonly filters: Filters;
  readonly rows: Rows;
  readonly refused: Refused;
  readonly nextStart: number;
}

export function decide(input: DecideInput): Decision {
  const found = shortlist(input);
  return 'type' in found ? found : choose(input, found);
}

/** The nodes that come into question, or the decision that there is none at all. Its rows hold until the next search. */
export function shortlist(input: DecideInput): Shortlist | Decision {
  const { table, start } = input;
  const nodeCount = table.live.length;
  if (nodeCount === 0) return { type: 'refused', message: noNodesMessage, refusedBy: new Set(), nextStart: 0 };
  const filters = timed(
    input,
    'PreFilter',
    () => prepareFilters(input),
    ({ type }) => type === 'filters',
  );
  if (filters.type === 'filters') {
    const found = timed(
      input,
      'Filter',
      () => findNodes(input, filters),
      ({ rows }) => rows.length > 0,
    );
    return { filters, ...found };
  }
  const message = preFilterMessage(nodeCount, filters.message);
  const refused = new Refused(0);
  refused.by(filters.plugin);
  return refuse(input, filters, { message, refused, nextStart: start });
}

/** The best of the rows, or why there is none. `extra`: see `bestOf`. */
export function choose(input: DecideInput, found: Shortlist, extra?: Float64Array): Decision {
  const { table } = input;
  const { filters, rows, refused, nextStart } = found;
  if (rows.length > 0) {
    const best = timed(input, 'Score', () => bestOf(input, rows, extra));
    return { type: 'fits', nodeName: table.name(best), nextStart };
  }
  const nodeCount = table.live.length;
  const naming = filters.type === 'filters' ? filters.naming : [];
  const unasked: Refusal = { reasons: [`node(s) didn't satisfy plugin(s) [${naming.join(' ')}]`], preemptible: false };
  refused.counts.add(unasked, nodeCount - refused.size);
  const message = fitMessage(nodeCount, refused.counts.entries());
  for (const plugin of naming) refused.by(plugin);
  return refuse(input, filters, { message, refused, nextStart });
}

function refuse(
  input: DecideInput,
  filters: Filters,
  { message: reason, refused, nextStart }: { readonly message: string; refused: Refused; nextStart: number },
): Decision {
  const { pod, table, budgets, plugins } = input;
  const check = (row: number): Refusal | undefined => checkRow(input, filters, row);
  const postInput: PostFilterInput = {
    pod,
    table,
    refusals: refused,
    check,
    key: filters.type === 'filters' ? filters.key() : undefined,
    preFilterOf: (plugin) => preFilterOf(filters, plugin),
    isPromised: (row) => isPromisedTo(pod, table, row),
    budgets,
  };
  const results = timed(
    input,
    'PostFilter',
    () => askPostFilters(plugins, postInput, input.probe),
    (all) => all.some(({ nominatedNode }) => nominatedNode !== undefined),
  );
  const helped = results.find((result) => result.nominatedNode !== undefined);
  const isPreempting = helped?.victims !== undefined;
  const told = (isPreempting ? [helped] : results).map((result) => result.message).join(', ');
  const others = results.filter((result) => result !== helped).map((result) => result.message);
  return {
    type: 'refused',
    message: told === '' ? reason : `${reason} ${told}`,
    refusedBy: refused.plugins,
    nextStart,
    nominatedNode: helped?.nominatedNode,
    victims: helped?.victims,
    candidates: helped?.candidates,
    otherwise: isPreempting ? { reason, told: others } : undefined,
    acts: results.flatMap(({ act }) => act ?? []),
  };
}

/** All that the plugins have to say; alone what the one says that failed. */
function askPostFilters(
  plugins: readonly Plugin[],
  input: PostFilterInput,
  probe = noProbe,
): readonly PostFilterResult[] {
  const results: PostFilterResult[] = [];
  for (const { name, postFilter } of plugins) {
    if (postFilter === undefined) continue;
    const startedMs = probe.start();
    const result = postFilter(input);
    const { failed = false, nominatedNode } = result;
    const unhelpful = failed ? 'Error' : 'Unschedulable';
    probe.asked(name, 'PostFilter', startedMs, nominatedNode === undefined ? unhelpful : 'Success');
    if (failed) return [result];
    results.push(result);
  }
  return results;
}

function preFilterOf(filters: Filters, plugin: string): ReturnType<PostFilterInput['preFilterOf']> {
  if (filters.type === 'filters' || filters.passed.includes(plugin)) return 'passed';
  return filters.plugin === plugin ? 'refused' : 'not asked';
}

function timed<T>({ probe }: DecideInput, point: string, work: () => T, isOk: (result: T) => boolean = () => true): T {
  if (probe === undefined) return work();
  const startedMs = performance.now();
  const result = work();
  probe.passed(point, (performance.now() - startedMs) / 1000, isOk(result) ? 'Success' : 'Unschedulable');
  return result;
}
