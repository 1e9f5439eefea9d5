/**
 * Controller references: which object manages another.
 *
 * A managing object claims what its selector matches: an orphan that matches is adopted, a dependent that does not match
 * any more is released.
 */
import type { KubeObject } from '../api/kind.ts';
import type { OwnerReference } from '../api/groups/meta.v1.ts';
import type { AnyResource } from '../api/resource.ts';
import type { LabelPredicate } from './label-selector.ts';

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference that makes `owner`, an object of `resource`, the controller of what carries it. */
export function controllerReference(resource: AnyResource, owner: KubeObject): OwnerReference {
  return {
    apiVersion: resource.apiVersion,
    kind: resource.kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export interface Claims<T> {
  readonly owned: readonly T[];
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}

export function planClaims<T extends KubeObject>(
  owner: KubeObject,
  matches: LabelPredicate,
  candidates: Iterable<T>,
): Claims<T> {
  const owned: T[] = [];
  const adopt: T[] = [];
  const release: T[] = [];
  const ownerLives = owner.metadata.deletionTimestamp === undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    const matching = matches(object.metadata.labels);
    if (controller === undefined) {
      if (ownerLives && matching && object.metadata.deletionTimestamp === undefined) adopt.push(object);
    } else if (controller.uid === owner.metadata.uid) {
      if (matching) owned.push(object);
      else if (ownerLives) release.push(object);
    }
  }
  return { owned, adopt, release };
}

export function withOwner<T extends KubeObject>(object: T, reference: OwnerReference): T {
  const references = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== reference.uid);
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...references, reference] } };
}

export function withoutOwner<T extends KubeObject>(object: T, uid: string): T {
  const references = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
  return { ...object, metadata: { ...object.metadata, ownerReferences: references } };
}
