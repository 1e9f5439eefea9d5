/**
 * What becomes of the claims of a StatefulSet (`persistentVolumeClaimRetentionPolicy`), said by who owns them, so that garbage
 * collection does the rest:
 *
 *   whenScaled  whenDeleted   owner of a claim
 *   Retain      Retain        nobody
 *   Retain      Delete        the set
 *   Delete      Retain        its pod, once the place is given up
 *   Delete      Delete        the set; its pod, once the place is given up
 */
import type { StatefulSet } from '../../api/groups/apps.v1.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { Pods, StatefulSets } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { same } from '../same.ts';

export interface ClaimPlace {
  readonly statefulSet: StatefulSet;
  readonly pod: Pod;
  /** The set has no such place any more. */
  readonly givenUp: boolean;
}

export interface RetentionPlan {
  /** Undefined when they are right, or not ours to change. */
  readonly ownerReferences?: readonly OwnerReference[];
  /** Somebody else controls the claim: the policy cannot hold. */
  readonly conflict: boolean;
}

export function planRetention(claim: PersistentVolumeClaim, place: ClaimPlace): RetentionPlan {
  const { ownerReferences: references = [] } = claim.metadata;
  const { statefulSet, pod } = place;
  const conflict = references.some(
    (one) => isStale(one, Pods, pod) || isStale(one, StatefulSets, statefulSet) || isForeign(one, place),
  );
  const stale = references.some((one) => isStale(one, Pods, pod) || isStale(one, StatefulSets, statefulSet));
  if (stale) return { conflict };
  const others = references.filter((one) => !names(one, Pods, pod) && !names(one, StatefulSets, statefulSet));
  const wanted = conflict ? others : [...others, ...ownersOf(place)];
  return same(wanted, references) ? { conflict } : { conflict, ownerReferences: wanted };
}

/** The claim goes with a pod that has been replaced: its successor must wait for a new claim. */
export function isLeaving(claim: PersistentVolumeClaim, podName: string, uid?: string): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    (one) => one.apiVersion === Pods.apiVersion && one.kind === 'Pod' && one.name === podName && one.uid !== uid,
  );
}

function ownersOf({ statefulSet, pod, givenUp }: ClaimPlace): readonly OwnerReference[] {
  const { whenScaled = 'Retain', whenDeleted = 'Retain' } = statefulSet.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && givenUp) return [controllerReference(Pods, pod)];
  return whenDeleted === 'Delete' ? [controllerReference(StatefulSets, statefulSet)] : [];
}

function names({ apiVersion, kind, name }: OwnerReference, resource: AnyResource, { metadata }: KubeObject): boolean {
  const group = (version: string): string => (version.includes('/') ? (version.split('/')[0] ?? '') : '');
  const sameKind = group(apiVersion) === group(resource.apiVersion) && kind === resource.kind.kind;
  return sameKind && name === metadata.name;
}

/** Of an object that had the same name. */
function isStale(reference: OwnerReference, resource: AnyResource, object: KubeObject): boolean {
  return names(reference, resource, object) && reference.uid !== object.metadata.uid;
}

function isForeign(reference: OwnerReference, { statefulSet, pod }: ClaimPlace): boolean {
  const { uid } = reference;
  return reference.controller === true && uid !== statefulSet.metadata.uid && uid !== pod.metadata.uid;
}
