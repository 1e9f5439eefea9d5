/**
 * One pod on each node that is eligible. An update replaces pods node by node: at most `maxUnavailable` are down at a time, or,
 * with `maxSurge`, the new pod comes first and the old one goes when it is available.
 */
import type { DaemonSet, DaemonSetStatus } from '../../api/groups/apps.v1.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import type { EventNote } from '../controller.ts';
import { isPodAvailable, isPodReady } from '../pod-state.ts';
import { revisionLabel } from '../revision-history.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import { eligibility, nodeNameOf, type Eligibility } from './daemon-pod.ts';

export interface Observed {
  readonly daemonSet: DaemonSet;
  readonly nodes: readonly Node[];
  /** The pods it owns. */
  readonly pods: readonly Pod[];
  /** Of the current template. */
  readonly hash: string;
  readonly nowMs: number;
}

export interface Plan {
  /** Names of the nodes that get a pod. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  readonly notes: readonly EventNote[];
}

/** A node with the pods that are on it, oldest first. */
interface Place {
  readonly name: string;
  readonly eligible: Eligibility;
  readonly pods: readonly Pod[];
}

const burst = 250;

export function planDaemonPods(observed: Observed): Plan {
  const { daemonSet } = observed;
  if (daemonSet.metadata.deletionTimestamp !== undefined) return { create: [], remove: [], notes: [] };
  const places = placesOf(observed);
  const settled = places.map((place) => settle(observed, place));
  const removed = new Set(settled.flatMap(({ remove }) => remove));
  const rolling = daemonSet.spec.updateStrategy.type !== 'OnDelete';
  const update = rolling && removed.size === 0 ? planUpdate(observed, places) : { create: [], remove: [], notes: [] };
  const names = new Set(observed.nodes.map(({ metadata }) => metadata.name));
  const homeless = observed.pods.filter(
    (pod) => pod.spec.nodeName === undefined && isStanding(pod) && !names.has(nodeNameOf(pod) ?? ''),
  );
  return {
    create: [...settled.flatMap(({ create }) => create), ...update.create].slice(0, burst),
    remove: [...removed, ...update.remove, ...homeless].slice(0, burst),
    notes: settled.flatMap(({ notes }) => notes),
  };
}

export function planDaemonSetStatus(observed: Observed): DaemonSetStatus {
  const { daemonSet, nowMs, hash } = observed;
  const places = placesOf(observed);
  const wanted = places.filter(({ eligible }) => eligible.shouldRun);
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  // The oldest pod of a node speaks for it; while one is being replaced, the new one.
  const speaking = wanted.flatMap(({ pods }) => pods.filter(isStanding).slice(0, 1));
  const count = (test: (pod: Pod) => boolean) =>
    wanted.filter(({ pods }) => pods.some((pod) => isStanding(pod) && test(pod))).length;
  const available = count((pod) => isPodReady(pod) && isPodAvailable(pod, minReadySeconds, nowMs));
  return {
    ...daemonSet.status,
    observedGeneration: daemonSet.metadata.generation,
    currentNumberScheduled: wanted.filter(({ pods }) => pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberMisscheduled: places.filter(({ eligible, pods }) => !eligible.shouldRun && pods.length > 0).length,
    numberReady: count(isPodReady),
    updatedNumberScheduled: speaking.filter((pod) => isCurrent(pod, hash)).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
  };
}

const isStanding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

const isCurrent = ({ metadata }: Pod, hash: string): boolean => metadata.labels?.[revisionLabel] === hash;

function placesOf({ daemonSet, nodes, pods }: Observed): readonly Place[] {
  const byNode = Map.groupBy(pods, nodeNameOf);
  const age = ({ metadata }: Pod) => `${metadata.creationTimestamp} ${metadata.name}`;
  return nodes.map((node) => ({
    name: node.metadata.name,
    eligible: eligibility(daemonSet, node),
    pods: (byNode.get(node.metadata.name) ?? []).toSorted((a, b) => (age(a) < age(b) ? -1 : 1)),
  }));
}

/** Brings one node to one pod, or none; a pod that has ended is removed, and replaced when it is gone. */
function settle(observed: Observed, { name, eligible, pods }: Place): Plan {
  const standing = pods.filter(isStanding);
  if (!eligible.mayStay) return { create: [], remove: standing, notes: [] };
  if (!eligible.shouldRun) return { create: [], remove: standing.filter(hasEnded), notes: [] };
  if (pods.length === 0) return { create: [name], remove: [], notes: [] };
  const ended = standing.filter(hasEnded);
  const running = standing.filter((pod) => !hasEnded(pod));
  const extra = maxSurge(observed.daemonSet, 1) > 0 ? surplusOfSurge(observed, running) : running.slice(1);
  return { create: [], remove: [...ended, ...extra], notes: ended.map((pod) => endNote(pod, name)) };
}

/** One pod of the current template and one older may stand beside each other until the newer is available. */
function surplusOfSurge({ hash, daemonSet, nowMs }: Observed, running: readonly Pod[]): readonly Pod[] {
  const current = running.filter((pod) => isCurrent(pod, hash));
  const old = running.filter((pod) => !isCurrent(pod, hash));
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  const replaced = current.some((pod) => isPodAvailable(pod, minReadySeconds, nowMs));
  return [...current.slice(1), ...(replaced ? old : old.slice(1))];
}

const hasEnded = ({ status }: Pod): boolean => status.phase === 'Failed' || status.phase === 'Succeeded';

function endNote({ metadata, status }: Pod, node: string): EventNote {
  const pod = `${metadata.namespace}/${metadata.name}`;
  return status.phase === 'Failed'
    ? {
        type: 'Warning',
        reason: 'FailedDaemonPod',
        message: `Found failed daemon pod ${pod} on node ${node}, will try to kill it`,
      }
    : {
        type: 'Normal',
        reason: 'SucceededDaemonPod',
        message: `Found succeeded daemon pod ${pod} on node ${node}, will try to delete it`,
      };
}

function planUpdate(observed: Observed, places: readonly Place[]): Plan {
  const { daemonSet, hash, nowMs } = observed;
  const wanted = places.filter(({ eligible }) => eligible.shouldRun);
  const surge = maxSurge(daemonSet, wanted.length);
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod) => isStanding(pod) && isPodAvailable(pod, minReadySeconds, nowMs);
  const outdated = wanted.filter(({ pods }) => pods.some(isStanding) && !pods.some((pod) => isCurrent(pod, hash)));
  if (surge > 0) {
    const surging = wanted.filter(({ pods }) => pods.length > 1).length;
    return { create: outdated.slice(0, Math.max(0, surge - surging)).map(({ name }) => name), remove: [], notes: [] };
  }
  const standing = ({ pods }: Place) => pods.filter(isStanding);
  const unavailable = wanted.filter(({ pods }) => !pods.some(isAvailable)).length;
  const broken = outdated.filter(({ pods }) => !pods.some(isAvailable)).flatMap(standing);
  const room = Math.max(0, maxUnavailable(daemonSet, wanted.length) - unavailable);
  const next = outdated.filter(({ pods }) => pods.some(isAvailable)).slice(0, room);
  return { create: [], remove: [...broken, ...next.flatMap(standing)], notes: [] };
}

function maxSurge({ spec }: DaemonSet, nodes: number): number {
  return scaledValue(spec.updateStrategy.rollingUpdate?.maxSurge ?? 0, nodes, 'up');
}

function maxUnavailable({ spec }: DaemonSet, nodes: number): number {
  const value = scaledValue(spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1, nodes, 'up');
  return value === 0 ? 1 : value;
}
