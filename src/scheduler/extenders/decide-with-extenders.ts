/**
 * A decision in which extenders take part: between the plugins' filters and their scores, and when others are to be sent
 * away. The cluster may change while an extender thinks, so nodes go by name here.
 */
import type { Node } from '../../api/groups/core.v1.ts';
import { choose, shortlist, type DecideInput, type Decision, type Shortlist } from '../decide.ts';
import { maxScore, type PreemptionCandidate, type Refusal } from '../framework.ts';
import { hurtsLess } from '../plugins/default-preemption/plugin.ts';
import type { Extender } from './extender.ts';

const maxExtenderScore = 10;

/** `extenders`: those that are interested in the pod. @throws Error when one fails that is not ignorable */
export async function decideWithExtenders(
  input: DecideInput,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<Decision> {
  const found = shortlist(input);
  if ('type' in found) return preemptWith(input, found, extenders, signal);
  const left = await filterBy(input, found, extenders, signal);
  const rows = Int32Array.from(left, ({ metadata }) => input.table.row(metadata.name) ?? -1).filter((row) => row >= 0);
  const extra = rows.length > 1 ? await pointsBy(input, rows, extenders, signal) : undefined;
  const live = rows.every((row) => input.table.node(row) !== undefined) ? rows : new Int32Array(0);
  return preemptWith(input, choose(input, { ...found, rows: live }, extra), extenders, signal);
}

async function filterBy(
  { pod, table }: DecideInput,
  { rows, refused }: Shortlist,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<readonly Node[]> {
  let nodes = [...rows].flatMap((row) => table.node(row) ?? []);
  for (const { name, filter, ignorable } of extenders) {
    if (filter === undefined || nodes.length === 0) continue;
    const answer = await orIgnored(filter(pod.pod, nodes, signal), ignorable);
    if (answer === undefined) continue;
    const { passed, failed, failedForGood } = answer;
    const refusals = new Map<string, Refusal>();
    for (const { metadata } of nodes) {
      if (passed.has(metadata.name)) continue;
      const forGood = failedForGood[metadata.name];
      const reason = forGood ?? failed[metadata.name] ?? '';
      const refusal = refusals.get(reason) ?? {
        reasons: reason === '' ? [] : [reason],
        preemptible: forGood === undefined,
      };
      refusals.set(reason, refusal);
      const row = table.row(metadata.name);
      if (row !== undefined) refused.add(row, refusal);
      refused.by(name);
    }
    nodes = nodes.filter(({ metadata }) => passed.has(metadata.name));
  }
  return nodes;
}

async function pointsBy(
  { pod, table }: DecideInput,
  rows: Int32Array,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<Float64Array> {
  const names = Array.from(rows, (row) => table.name(row));
  const nodes = [...rows].flatMap((row) => table.node(row) ?? []);
  const total = new Float64Array(rows.length);
  const asked = extenders.flatMap(({ prioritize, weight }) =>
    prioritize === undefined ? [] : [{ weight, points: prioritize(pod.pod, nodes, signal) }],
  );
  for (const { weight, points } of asked) {
    // Points are wishes: the decision stands without them.
    const byNode = await orIgnored(points, true);
    for (const [at, name] of names.entries()) {
      total[at] = (total[at] ?? 0) + ((byNode?.get(name) ?? 0) * weight * maxScore) / maxExtenderScore;
    }
  }
  return total;
}

/** Extenders may take candidates out, or spare some of the victims. */
async function preemptWith(
  { pod }: DecideInput,
  decision: Decision,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<Decision> {
  if (decision.type === 'fits' || decision.candidates === undefined) return decision;
  let candidates = decision.candidates;
  for (const { preempt, ignorable } of extenders) {
    if (preempt === undefined || candidates.length === 0) continue;
    candidates = (await orIgnored(preempt(pod.pod, candidates, signal), ignorable)) ?? candidates;
  }
  const [first, ...others] = candidates;
  if (first === undefined) return { ...decision, nominatedNode: undefined, victims: undefined };
  const best = others.reduce((a: PreemptionCandidate, b) => (hurtsLess(b, a) ? b : a), first);
  return { ...decision, nominatedNode: best.nodeName, victims: best.victims };
}

/** Undefined: it failed, and that does not matter. */
async function orIgnored<T>(answer: Promise<T>, ignorable: boolean): Promise<T | undefined> {
  if (!ignorable) return answer;
  try {
    return await answer;
  } catch {
    return undefined;
  }
}
