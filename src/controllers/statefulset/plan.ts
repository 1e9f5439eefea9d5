/**
 * Pods with a place: made from the lowest up, given up from the highest down, one after the other, each only when all before it
 * are ready (unless the pods may come and go in parallel). An update replaces them from the highest down to the partition.
 */
import type { ControllerRevision, StatefulSet, StatefulSetStatus } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { isPodAvailable, isPodFinished, isPodReady } from '../pod-state.ts';
import { revisionLabel } from '../revision-history.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import { ordinalOf } from './stateful-pod.ts';

export interface Observed {
  readonly statefulSet: StatefulSet;
  /** The pods it owns. */
  readonly pods: readonly Pod[];
  /** What pods below the partition stay at. */
  readonly current: ControllerRevision;
  /** Of the template as it is now. */
  readonly update: ControllerRevision;
  readonly nowMs: number;
}

export interface NewPlace {
  readonly ordinal: number;
  readonly revision: ControllerRevision;
}

export interface Plan {
  readonly create: readonly NewPlace[];
  readonly remove: readonly Pod[];
}

interface Place {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

const wantedReplicas = ({ spec }: StatefulSet): number => spec.replicas ?? 1;

export function planStatefulPods(observed: Observed): Plan {
  const { statefulSet } = observed;
  const none: Plan = { create: [], remove: [] };
  if (statefulSet.metadata.deletionTimestamp !== undefined) return none;
  const ordered = statefulSet.spec.podManagementPolicy !== 'Parallel';
  const { places, condemned } = arrange(observed);
  const filled = fill(observed, places, ordered);
  if (filled !== 'settled' && (ordered || changes(filled))) return filled;
  const shrunk = shrink(observed, places, condemned, ordered);
  if (shrunk !== 'settled') return shrunk;
  return statefulSet.spec.updateStrategy.type === 'OnDelete' ? none : rollOver(observed, places);
}

export function planStatefulSetStatus(observed: Observed): StatefulSetStatus {
  const { statefulSet, pods, current, update } = observed;
  const own = pods.filter((pod) => ordinalOf(statefulSet, pod) !== undefined && !isPodFinished(pod));
  const count = (test: (pod: Pod) => boolean) => own.filter(test).length;
  const at = (revision: ControllerRevision) => count((pod) => isStanding(pod) && isAt(pod, revision));
  const ready = count(isPodReady);
  const updated = at(update);
  const wanted = wantedReplicas(statefulSet);
  const { rollingUpdate, type } = statefulSet.spec.updateStrategy;
  const whole = type !== 'OnDelete' && (rollingUpdate?.partition ?? 0) === 0;
  const done = whole && updated === wanted && ready === wanted && own.length === wanted;
  return {
    ...statefulSet.status,
    observedGeneration: statefulSet.metadata.generation,
    replicas: own.length,
    readyReplicas: ready,
    availableReplicas: count((pod) => isHealthy(observed, pod)),
    currentReplicas: done ? updated : at(current),
    updatedReplicas: updated,
    currentRevision: done ? update.metadata.name : current.metadata.name,
    updateRevision: update.metadata.name,
  };
}

const changes = ({ create, remove }: Plan): boolean => create.length + remove.length > 0;

const isStanding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

const isAt = ({ metadata }: Pod, revision: ControllerRevision): boolean =>
  metadata.labels?.[revisionLabel] === revision.metadata.name;

function isHealthy({ statefulSet, nowMs }: Observed, pod: Pod | undefined): boolean {
  if (pod === undefined || !isStanding(pod)) return false;
  return isPodAvailable(pod, statefulSet.spec.minReadySeconds ?? 0, nowMs);
}

/** The places there should be, lowest first, and the pods of others, highest first. */
function arrange({ statefulSet, pods }: Observed): {
  readonly places: readonly Place[];
  readonly condemned: readonly Pod[];
} {
  const start = statefulSet.spec.ordinals?.start ?? 0;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(statefulSet, pod), pod]));
  const places = Array.from({ length: wantedReplicas(statefulSet) }, (_, i) => {
    const ordinal = start + i;
    return { ordinal, pod: byOrdinal.get(ordinal) };
  });
  const wanted = new Set(places.map(({ ordinal }) => ordinal));
  const condemned = [...byOrdinal]
    .flatMap(([ordinal, pod]) => (ordinal === undefined || wanted.has(ordinal) ? [] : [{ ordinal, pod }]))
    .toSorted((a, b) => b.ordinal - a.ordinal)
    .map(({ pod }) => pod);
  return { places, condemned };
}

/** Makes what is missing and removes what has ended. In order, nothing happens after the first that is not healthy. */
function fill(observed: Observed, places: readonly Place[], ordered: boolean): Plan | 'settled' {
  const create: NewPlace[] = [];
  const remove: Pod[] = [];
  for (const { ordinal, pod } of places) {
    if (pod === undefined) create.push({ ordinal, revision: revisionFor(observed, ordinal) });
    else if (isPodFinished(pod) && isStanding(pod)) remove.push(pod);
    else if (isHealthy(observed, pod)) continue;
    if (ordered) return { create, remove };
  }
  return create.length + remove.length === 0 ? 'settled' : { create, remove };
}

function shrink(
  observed: Observed,
  places: readonly Place[],
  condemned: readonly Pod[],
  ordered: boolean,
): Plan | 'settled' {
  if (condemned.length === 0) return 'settled';
  if (!ordered) return { create: [], remove: condemned.filter(isStanding) };
  const [next] = condemned;
  const waits = condemned.some((pod) => !isStanding(pod));
  if (next === undefined || waits) return { create: [], remove: [] };
  // An unhealthy pod below is waited for, unless the one to go is itself the first that is not healthy.
  const below = [...places.map(({ pod }) => pod), ...condemned.slice(1)];
  const blocked = !isHealthy(observed, next) && below.some((pod) => !isHealthy(observed, pod));
  return { create: [], remove: blocked ? [] : [next] };
}

/** As many at a time as may be unavailable; while others are not healthy, fewer. */
function rollOver(observed: Observed, places: readonly Place[]): Plan {
  const { statefulSet, update } = observed;
  const { partition = 0, maxUnavailable } = statefulSet.spec.updateStrategy.rollingUpdate ?? {};
  const allowed = Math.max(1, scaledValue(maxUnavailable ?? 1, places.length, 'down'));
  let unavailable = places.filter(({ pod }) => !isHealthy(observed, pod)).length;
  const remove: Pod[] = [];
  for (const { ordinal, pod } of places.toReversed()) {
    if (pod === undefined || ordinal < partition || !isStanding(pod) || isAt(pod, update)) continue;
    if (!isHealthy(observed, pod)) remove.push(pod);
    else if (unavailable < allowed) {
      remove.push(pod);
      unavailable++;
    } else break;
  }
  return { create: [], remove };
}

function revisionFor({ statefulSet, current, update }: Observed, ordinal: number): ControllerRevision {
  const { type, rollingUpdate } = statefulSet.spec.updateStrategy;
  if (type === 'OnDelete') return update;
  return ordinal < (rollingUpdate?.partition ?? 0) ? current : update;
}
