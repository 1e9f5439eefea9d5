/**
 * Makes room for a pod by sending away pods of lower priority.
 *
 * For each node where fewer pods could help: take all lower pods off, see whether the pod fits, then put back as many as
 * possible, the most important first and those that a disruption budget protects before all. What cannot come back are
 * the victims. Among the nodes the one that hurts least wins.
 */
import type { DisruptionBudget, Harm, Plugin, PostFilterInput, PreemptionCandidate, Refusal } from '../../framework.ts';
import { fitMessage } from '../../fit-message.ts';
import type { PodInfo } from '../../pod-info.ts';
import { RefusalCounts } from '../../refusal-counts.ts';
import { PerTemplate } from '../../per-template.ts';
import { RowMemory } from '../../row-memory.ts';

type Attempt =
  | { readonly type: 'candidate'; readonly candidate: PreemptionCandidate }
  | { readonly type: 'refused'; readonly refusal: Refusal };

export interface DefaultPreemptionArgs {
  /** Nodes that are tried out until enough would do: this share of those that come into question; 10 unless given. */
  readonly minCandidateNodesPercentage?: number | undefined;
  /** But at least so many; 100 unless given. */
  readonly minCandidateNodesAbsolute?: number | undefined;
}

const noVictims: Refusal = { reasons: ['No preemption victims found for incoming pod'], preemptible: false };
const notHelpful: Refusal = { reasons: ['Preemption is not helpful for scheduling'], preemptible: false };

export function defaultPreemptionWith(args: DefaultPreemptionArgs): Plugin {
  const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = args;
  const enoughOf = (count: number): number =>
    Math.max(minCandidateNodesAbsolute, Math.trunc((count * minCandidateNodesPercentage) / 100), 1);
  return {
    name: 'DefaultPreemption',
    helpedBy: [],
    postFilter(input) {
      const reason = ineligible(input);
      if (reason !== undefined) {
        return { message: `preemption: ${reason}`, nominatedNode: input.pod.pod.status.nominatedNodeName };
      }
      const { chosen, candidates, refusals } = tryNodes(input, enoughOf);
      return chosen === undefined
        ? { message: `preemption: ${fitMessage(input.table.live.length, refusals.entries())}` }
        : { message: '', nominatedNode: chosen.nodeName, victims: chosen.victims, candidates };
    },
  };
}

export const defaultPreemption = defaultPreemptionWith({});

/** A pod that had others sent away already waits until they have gone. */
function ineligible({ pod, table, refusals }: PostFilterInput): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const row = table.row(pod.pod.status.nominatedNodeName ?? '');
  if (row === undefined) return undefined;
  // No pod's going can open that node any more, or it does not even come into question.
  if (refusals.get(row)?.preemptible !== true) return undefined;
  for (const other of table.pods(row).values()) {
    if (other.priority >= pod.priority || other.pod.metadata.deletionTimestamp === undefined) continue;
    const condition = other.pod.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
    if (condition?.status === 'True' && condition.reason === 'PreemptionByScheduler') {
      return 'not eligible due to a terminating pod on the nominated node.';
    }
  }
  return undefined;
}

/** What was tried for pods of one template. */
interface Attempts {
  readonly byRow: RowMemory<Attempt>;
  /** Where in the rows of the table the next search begins: behind those that were of no use to the pods before. */
  start: number;
}

/** As long as the same budgets hold. */
const attemptsUnder = new WeakMap<readonly DisruptionBudget[], PerTemplate<Attempts>>();

function attemptsOf({ budgets, key, pod, table }: PostFilterInput): Attempts | undefined {
  if (key === undefined) return undefined;
  const memory = attemptsUnder.get(budgets) ?? new PerTemplate<Attempts>();
  attemptsUnder.set(budgets, memory);
  const template = `${pod.priority} ${key}`;
  return memory.get(table, template) ?? memory.set(table, template, { byRow: new RowMemory<Attempt>(), start: 0 });
}

function attemptAt(input: PostFilterInput, attempts: Attempts | undefined): (row: number) => Attempt {
  const { pod, table } = input;
  const attempt = (row: number): Attempt => table.tryOut(row, () => tryNode(input, row));
  if (attempts === undefined) return attempt;
  const remembered = attempts.byRow.of(table, '', attempt);
  return table.isPromised(pod.uid) ? (row) => (input.isPromised(row) ? attempt(row) : remembered(row)) : remembered;
}

function tryNodes(
  input: PostFilterInput,
  enoughOf: (count: number) => number,
): {
  readonly chosen: PreemptionCandidate | undefined;
  readonly candidates: readonly PreemptionCandidate[];
  readonly refusals: RefusalCounts;
} {
  const { live } = input.table;
  const promising = countPromising(input);
  const enough = enoughOf(promising);
  const attempts = attemptsOf(input);
  const tryRow = attemptAt(input, attempts);
  const refusals = new RefusalCounts();
  refusals.add(notHelpful, live.length - promising);
  let chosen: PreemptionCandidate | undefined;
  let start: number | undefined;
  const candidates: PreemptionCandidate[] = [];
  const first = attempts?.start ?? 0;
  for (let asked = 0; asked < live.length; asked++) {
    const at = first + asked < live.length ? first + asked : first + asked - live.length;
    const row = live[at] ?? 0;
    if (input.refusals.get(row)?.preemptible !== true) continue;
    const attempt = tryRow(row);
    if (attempt.type === 'refused') {
      refusals.add(attempt.refusal);
      continue;
    }
    start ??= at;
    if (chosen === undefined || hurtsLess(attempt.candidate, chosen)) chosen = attempt.candidate;
    // As long as each of them breaks a budget the search goes on.
    candidates.push(attempt.candidate);
    if (candidates.length >= enough && chosen.harm.violations === 0) break;
  }
  if (attempts !== undefined && start !== undefined) attempts.start = start;
  return { chosen, candidates, refusals };
}

/** Rows where the going of pods may help. */
function countPromising({ refusals }: PostFilterInput): number {
  let count = 0;
  for (const [{ preemptible }, rows] of refusals.counts.entries()) if (preemptible) count += rows;
  return count;
}

function tryNode({ pod, table, check, budgets }: PostFilterInput, row: number): Attempt {
  const nodeName = table.name(row);
  const lower = [...table.pods(row).values()].filter((other) => other.priority < pod.priority).toSorted(byImportance);
  if (lower.length === 0) return { type: 'refused', refusal: noVictims };
  for (const other of lower) table.removePod(other, nodeName);
  const refusal = check(row);
  if (refusal !== undefined) {
    for (const other of lower) table.addPod(other, nodeName);
    return { type: 'refused', refusal };
  }
  const guarded = protectedBy(budgets, lower);
  const order = [...lower.filter((other) => guarded.has(other)), ...lower.filter((other) => !guarded.has(other))];
  const victims: PodInfo[] = [];
  for (const other of order) {
    table.addPod(other, nodeName);
    if (check(row) === undefined) continue;
    table.removePod(other, nodeName);
    victims.push(other);
  }
  for (const victim of victims) table.addPod(victim, nodeName);
  victims.sort(byImportance);
  const violations = victims.filter((victim) => guarded.has(victim)).length;
  return { type: 'candidate', candidate: { nodeName, victims, harm: harmOf(victims, violations) } };
}

/** The pods whose going would break a budget, when they go in this order. */
function protectedBy(budgets: readonly DisruptionBudget[], pods: readonly PodInfo[]): ReadonlySet<PodInfo> {
  const left = budgets.map((budget) => budget.disruptionsAllowed);
  const guarded = new Set<PodInfo>();
  for (const pod of pods) {
    for (const [at, budget] of budgets.entries()) {
      if (budget.namespace !== pod.namespace || !budget.matches(pod.pod)) continue;
      left[at] = (left[at] ?? 0) - 1;
      if ((left[at] ?? 0) < 0) guarded.add(pod);
    }
  }
  return guarded;
}

/** Higher priority first, then the one that runs longer. */
function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startedAt(a) - startedAt(b);
}

function startedAt({ pod }: PodInfo): number {
  return pod.status.startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(pod.status.startTime);
}

/** @param violations Of disruption budgets. */
export function harmOf(victims: readonly PodInfo[], violations: number): Harm {
  const highestPriority = victims[0]?.priority ?? -Infinity;
  // Each counts for something, however low its priority is.
  const prioritySum = victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
  const started = Math.min(...victims.filter(({ priority }) => priority === highestPriority).map(startedAt));
  return { violations, highestPriority, prioritySum, victimCount: victims.length, longestRun: -started };
}

/** Whether `a` is the better choice. */
export function hurtsLess({ harm: a }: PreemptionCandidate, { harm: b }: PreemptionCandidate): boolean {
  if (a.violations !== b.violations) return a.violations < b.violations;
  if (a.highestPriority !== b.highestPriority) return a.highestPriority < b.highestPriority;
  if (a.prioritySum !== b.prioritySum) return a.prioritySum < b.prioritySum;
  if (a.victimCount !== b.victimCount) return a.victimCount < b.victimCount;
  return a.longestRun < b.longestRun;
}
