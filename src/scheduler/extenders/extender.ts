/**
 * An extender: a web server that has a say in decisions (https://pkg.go.dev/k8s.io/kube-scheduler/extender/v1). It takes
 * nodes out (filter), gives points from 0 to 10 (prioritize), binds pods (bind), and takes part in preemption (preempt).
 * Names of fields are Go's, with a capital; answers may write them small.
 */
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { parseDuration } from '../../api/duration.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { DeclaredExtender } from '../config/declarations.ts';
import type { BindContext, PreemptionCandidate } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import { endpointOf, postJson } from './post-json.ts';

export interface FilterAnswer {
  /** Names of the nodes that stay. */
  readonly passed: ReadonlySet<string>;
  /** Node → why not; preemption may help. */
  readonly failed: Readonly<Record<string, string>>;
  readonly failedForGood: Readonly<Record<string, string>>;
}

export interface Extender {
  readonly name: string;
  /** The scheduler goes on without it when it cannot be reached. */
  readonly ignorable: boolean;
  readonly weight: number;
  isInterested(pod: PodInfo): boolean;
  /** @throws Error also when the answer names a node that was not asked about */
  readonly filter?: (pod: Pod, nodes: readonly Node[], signal: AbortSignal) => Promise<FilterAnswer>;
  /** Points by node, from 0 to 10. */
  readonly prioritize?: (pod: Pod, nodes: readonly Node[], signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;
  /** What is left of the candidates, or what the extender had rather send away. */
  readonly preempt?: (
    pod: Pod,
    candidates: readonly PreemptionCandidate[],
    signal: AbortSignal,
  ) => Promise<readonly ChosenVictims[]>;
  readonly bind?: (context: BindContext) => Promise<void>;
  close(): void;
}

/** By node, as an extender would have it. */
export interface ChosenVictims {
  readonly nodeName: string;
  readonly uids: readonly string[];
  readonly violations: number;
}

const defaultTimeoutMs = 5000;

export function makeExtender(declared: DeclaredExtender): Extender {
  const { urlPrefix, weight = 1, ignorable = false, nodeCacheCapable = false, managedResources = [] } = declared;
  const timeoutMs = declared.httpTimeout === undefined ? defaultTimeoutMs : parseDuration(declared.httpTimeout);
  const endpoint = endpointOf(declared, timeoutMs === 0 ? defaultTimeoutMs : timeoutMs);
  const managed = managedResources.map(({ name }) => name);
  const argsOf = (pod: Pod, nodes: readonly Node[]): JsonObject => ({
    Pod: asJson(pod),
    Nodes: nodeCacheCapable ? null : { metadata: {}, items: nodes.map(asJson) },
    NodeNames: nodeCacheCapable ? nodes.map(({ metadata }) => metadata.name) : null,
  });
  const { filterVerb = '', prioritizeVerb = '', preemptVerb = '', bindVerb = '' } = declared;
  const filter: Extender['filter'] = async (pod, nodes, signal) => {
    const answer = fieldsOf(await postJson(endpoint, filterVerb, argsOf(pod, nodes), signal));
    refuseFailed(answer);
    return {
      passed: passedIn(answer, nodes, declared),
      failed: textsIn(answer['failednodes']),
      failedForGood: textsIn(answer['failedandunresolvablenodes']),
    };
  };
  const prioritize: Extender['prioritize'] = async (pod, nodes, signal) => {
    const answer = await postJson(endpoint, prioritizeVerb, argsOf(pod, nodes), signal);
    return new Map((Array.isArray(answer) ? answer : []).map((entry) => pointsOf(fieldsOf(entry))));
  };
  const preempt: Extender['preempt'] = async (pod, candidates, signal) => {
    const args = preemptionArgs(pod, candidates, nodeCacheCapable);
    const answer = fieldsOf(await postJson(endpoint, preemptVerb, args, signal));
    return chosenIn(answer['nodenametometavictims']);
  };
  const bind: Extender['bind'] = async ({ pod, nodeName, signal }) => {
    const { name, namespace, uid } = pod.metadata;
    const args = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: nodeName };
    refuseFailed(fieldsOf(await postJson(endpoint, bindVerb, args, signal)));
  };
  return {
    name: urlPrefix,
    ignorable,
    weight,
    isInterested: ({ pod }) => managed.length === 0 || asksForAny(pod, managed),
    ...(filterVerb === '' ? {} : { filter }),
    ...(prioritizeVerb === '' ? {} : { prioritize }),
    ...(preemptVerb === '' ? {} : { preempt }),
    ...(bindVerb === '' ? {} : { bind }),
    close: () => endpoint.agent.destroy(),
  };
}

function asksForAny({ spec }: Pod, resources: readonly string[]): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ resources: { requests = {}, limits = {} } }) =>
    resources.some((name) => name in requests || name in limits),
  );
}

function preemptionArgs(pod: Pod, candidates: readonly PreemptionCandidate[], namesOnly: boolean): JsonObject {
  const byNode = (victimsOf: (candidate: PreemptionCandidate) => JsonObject): JsonObject =>
    Object.fromEntries(candidates.map((candidate) => [candidate.nodeName, victimsOf(candidate)]));
  return {
    Pod: asJson(pod),
    NodeNameToVictims: namesOnly
      ? null
      : byNode(({ victims, harm: { violations } }) => ({
          Pods: victims.map((victim) => asJson(victim.pod)),
          NumPDBViolations: violations,
        })),
    NodeNameToMetaVictims: namesOnly
      ? byNode(({ victims, harm: { violations } }) => ({
          Pods: victims.map(({ uid }) => ({ UID: uid })),
          NumPDBViolations: violations,
        }))
      : null,
  };
}

function chosenIn(answer: unknown): readonly ChosenVictims[] {
  const kept = typeof answer === 'object' && answer !== null ? Object.entries(answer) : [];
  return kept.map(([nodeName, chosen]) => {
    const { pods, numpdbviolations } = fieldsOf(chosen);
    const uids = (Array.isArray(pods) ? pods : []).map((pod) => String(fieldsOf(pod)['uid'] ?? ''));
    return { nodeName, uids, violations: typeof numpdbviolations === 'number' ? numpdbviolations : 0 };
  });
}

/** Names count only for an extender that knows the nodes by them. */
function passedIn(
  answer: Readonly<Record<string, unknown>>,
  nodes: readonly Node[],
  { urlPrefix, nodeCacheCapable = false }: DeclaredExtender,
): ReadonlySet<string> {
  const { items } = fieldsOf(answer['nodes']);
  const byName = nodeCacheCapable && Array.isArray(answer['nodenames']) ? answer['nodenames'] : undefined;
  const whole = Array.isArray(items) ? items : [];
  const names = byName ?? whole.map((node) => fieldsOf(fieldsOf(node)['metadata'])['name'] ?? '');
  const asked = new Set(nodes.map(({ metadata }) => metadata.name));
  const passed = new Set<string>();
  for (const name of names.map(String)) {
    if (!asked.has(name)) {
      const claimed = `extender ${JSON.stringify(urlPrefix)} claims a filtered node ${JSON.stringify(name)}`;
      throw new Error(`${claimed} which is not found in the input node list`);
    }
    passed.add(name);
  }
  return passed;
}

function pointsOf({ host, score }: Readonly<Record<string, unknown>>): readonly [string, number] {
  return [String(host), typeof score === 'number' ? score : 0];
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

function refuseFailed({ error }: Readonly<Record<string, unknown>>): void {
  if (typeof error === 'string' && error !== '') throw new Error(error);
}

/** The fields of an object by their names in small letters. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

function asJson(object: Pod | Node): JsonObject {
  return object as unknown as JsonObject;
}
