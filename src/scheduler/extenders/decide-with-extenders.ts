/**
 * A decision in which extenders take part: between the plugins' filters and their scores, and when others are to be sent
 * away. The cluster may change while an extender thinks, so nodes go by name here.
 */
import type { Node } from '../../api/groups/core.v1.ts';
import { choose, shortlist, type DecideInput, type Decision, type Shortlist } from '../decide.ts';
import { maxScore, type PreemptionCandidate, type Refusal } from '../framework.ts';
import type { NodeTable } from '../node-table.ts';
import type { PodInfo } from '../pod-info.ts';
import { harmOf, hurtsLess } from '../plugins/default-preemption/plugin.ts';
import { extenderName } from './as-plugin.ts';
import type { ChosenVictims, Extender } from './extender.ts';

const maxExtenderScore = 10;

/** `extenders`: those that are interested in the pod. @throws Error when one fails that is not ignorable */
export async function decideWithExtenders(
  input: DecideInput,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<Decision> {
  let found = shortlist(input);
  if ('type' in found) return preemptWith(input, found, extenders, signal);
  let left = await filterBy(input, found, extenders, signal);
  if (left.length === 0 && isHoped(input, found)) {
    // The node that the pod was promised will not do: now all are asked.
    found = shortlist({ ...input, unhoped: true });
    if ('type' in found) return preemptWith(input, found, extenders, signal);
    left = await filterBy(input, found, extenders, signal);
  }
  const rows = Int32Array.from(left, ({ metadata }) => input.table.row(metadata.name) ?? -1).filter((row) => row >= 0);
  const extra = rows.length > 1 ? await pointsBy(input, rows, extenders, signal) : undefined;
  const live = rows.every((row) => input.table.node(row) !== undefined) ? rows : new Int32Array(0);
  return preemptWith(input, choose(input, { ...found, rows: live }, extra), extenders, signal);
}

function isHoped({ pod, table }: DecideInput, { rows }: Shortlist): boolean {
  const { nominatedNodeName } = pod.pod.status;
  return rows.length === 1 && nominatedNodeName !== undefined && table.row(nominatedNodeName) === rows[0];
}

async function filterBy(
  { pod, table }: DecideInput,
  { rows, refused }: Shortlist,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<readonly Node[]> {
  let nodes = [...rows].flatMap((row) => table.node(row) ?? []);
  for (const { filter, ignorable } of extenders) {
    if (filter === undefined || nodes.length === 0) continue;
    const answer = await orIgnored(filter(pod.pod, nodes, signal), ignorable);
    if (answer === undefined) continue;
    const { passed, failed, failedForGood } = answer;
    const refusals = new Map<string, Refusal>();
    for (const { metadata } of nodes) {
      if (passed.has(metadata.name)) continue;
      const forGood = failedForGood[metadata.name];
      const reason = forGood ?? failed[metadata.name];
      // Of a node that is not mentioned nothing is said, nor hoped.
      const preemptible = forGood === undefined && reason !== undefined;
      const key = `${preemptible} ${reason}`;
      const refusal = refusals.get(key) ?? { reasons: reason === undefined ? [] : [reason], preemptible };
      refusals.set(key, refusal);
      const row = table.row(metadata.name);
      if (row !== undefined) refused.add(row, refusal);
      refused.by(extenderName);
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

/** Extenders may take candidates out, spare some of the victims, or name others. */
async function preemptWith(
  { pod, table }: DecideInput,
  decision: Decision,
  extenders: readonly Extender[],
  signal: AbortSignal,
): Promise<Decision> {
  if (decision.type === 'fits' || decision.candidates === undefined) return decision;
  let candidates = decision.candidates;
  for (const extender of extenders) {
    if (extender.preempt === undefined || candidates.length === 0) continue;
    const asked = extender
      .preempt(pod.pod, candidates, signal)
      .then((chosen) => chosen.map((each) => candidateOf(each, extender, table)));
    try {
      const kept = (await orIgnored(asked, extender.ignorable)) ?? candidates;
      candidates = kept.filter((candidate) => hasVictims(candidate, extender));
    } catch (error) {
      return withoutPreemption(pod, decision, error instanceof Error ? error.message : String(error));
    }
  }
  const [first, ...others] = candidates;
  if (first === undefined) {
    return withoutPreemption(pod, decision, 'no candidate node for preemption', decision.otherwise?.told);
  }
  const best = others.reduce((a: PreemptionCandidate, b) => (hurtsLess(b, a) ? b : a), first);
  return { ...decision, nominatedNode: best.nodeName, victims: best.victims };
}

/** An earlier promise stands. */
function withoutPreemption({ pod }: PodInfo, decision: Refused, why: string, told: readonly string[] = []): Decision {
  const { reason = decision.message } = decision.otherwise ?? {};
  const message = `${reason} ${[...told, `preemption: ${why}`].join(', ')}`;
  return { ...decision, message, nominatedNode: pod.status.nominatedNodeName, victims: undefined };
}

type Refused = Extract<Decision, { type: 'refused' }>;

/** @throws Error when the extender speaks of a node or a pod that there is not */
function candidateOf(
  { nodeName, uids, violations }: ChosenVictims,
  { name }: Extender,
  table: NodeTable,
): PreemptionCandidate {
  const row = table.row(nodeName);
  if (row === undefined || table.node(row) === undefined) {
    throw new Error(`nodeinfo not found for node name ${JSON.stringify(nodeName)}`);
  }
  const victims = uids.map((uid) => {
    const victim = table.pods(row).get(uid);
    if (victim !== undefined) return victim;
    const claimed = `extender: ${name} claims to preempt pod (UID: &{${uid}}) on node: ${nodeName}`;
    throw new Error(`${claimed}, but the pod is not found on that node`);
  });
  return { nodeName, victims, harm: harmOf(victims, violations) };
}

/** @throws Error when an extender that counts would have a node without sending anybody away */
function hasVictims({ nodeName, victims }: PreemptionCandidate, { ignorable }: Extender): boolean {
  if (victims.length > 0 || ignorable) return victims.length > 0;
  throw new Error(`expected at least one victim pod on node ${JSON.stringify(nodeName)}`);
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
