/**
 * The objects that a managing object (a Deployment, a Job, …) has made: found by index instead of by search, filed under
 * the uid of their controller, and those that nobody controls under their namespace.
 */
import type { LabelSelector } from '../api/groups/meta.v1.ts';
import type { KubeObject, NamespacedMeta } from '../api/kind.ts';
import { splitApiVersion } from '../api/message.ts';
import type { Resource } from '../api/resource.ts';
import { objectKey, type Informer } from '../client/informer.ts';
import type { Run } from './controller.ts';
import { labelPredicate } from './label-selector.ts';
import { patchMetadata } from './patch-metadata.ts';
import { controllerOf, controllerReference, planClaims, withOwner, withoutOwner } from './owner.ts';

export interface NamespacedObject extends KubeObject {
  readonly metadata: NamespacedMeta;
}

const byController = 'controllerUid';
const byOrphanage = 'orphansOfNamespace';

export function indexByController<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndexes({
    [byController]: (object) => {
      const uid = controllerOf(object)?.uid;
      return uid === undefined ? [] : [uid];
    },
    [byOrphanage]: (object) =>
      controllerOf(object) === undefined && object.metadata.namespace !== undefined ? [object.metadata.namespace] : [],
  });
}

/** The informer must have been given to `indexByController`. */
export function controlledBy<T extends KubeObject>(informer: Informer<T>, uid: string): readonly T[] {
  return informer.byIndex(byController, uid);
}

export interface OwnersAndDependents<O extends NamespacedObject, D extends NamespacedObject> {
  readonly owners: Informer<O>;
  readonly dependents: Informer<D>;
  readonly selectorOf: (owner: O) => LabelSelector | undefined;
  readonly enqueue: (key: string) => void;
}

/** Enqueues the owner of each dependent that changes; for an orphan, all that might adopt it. */
export function enqueueOwners<O extends NamespacedObject, D extends NamespacedObject>(
  options: OwnersAndDependents<O, D>,
): void {
  const { owners, dependents, selectorOf, enqueue } = options;
  indexByController(dependents);
  const enqueueOwner = (object: D): void => {
    const owner = ownerOf(owners, object);
    if (owner !== undefined) enqueue(objectKey(owner));
  };
  dependents.onChange((change) => {
    const { object } = change;
    if (change.type === 'updated' && controllerOf(change.previous)?.uid !== controllerOf(object)?.uid) {
      enqueueOwner(change.previous);
    }
    if (controllerOf(object) !== undefined) return enqueueOwner(object);
    if (change.type === 'deleted') return;
    for (const owner of owners.list(object.metadata.namespace)) {
      if (labelPredicate(selectorOf(owner))(object.metadata.labels)) enqueue(objectKey(owner));
    }
  });
}

/** The object that controls this one, if it is one of `owners` and still the same. */
export function ownerOf<O extends NamespacedObject>(owners: Informer<O>, object: KubeObject): O | undefined {
  const reference = controllerOf(object);
  if (reference === undefined || reference.kind !== owners.resource.kind.kind) return undefined;
  if (splitApiVersion(reference.apiVersion).group !== owners.resource.group) return undefined;
  const owner = owners.get(object.metadata.namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

export interface ClaimOptions<O extends NamespacedObject, D extends NamespacedObject, OI, DI> {
  readonly owner: O;
  readonly ownerResource: Resource<O, OI>;
  readonly resource: Resource<D, DI>;
  readonly dependents: Informer<D>;
  readonly selector: LabelSelector | undefined;
}

/** The dependents of the owner, after adopting orphans that its selector matches and releasing what it matches no more. */
export async function claim<O extends NamespacedObject, D extends NamespacedObject, OI, DI>(
  run: Run,
  options: ClaimOptions<O, D, OI, DI>,
): Promise<readonly D[]> {
  const { owner, ownerResource, resource, dependents } = options;
  const { namespace, name, uid } = owner.metadata;
  const candidates = [...controlledBy(dependents, uid), ...dependents.byIndex(byOrphanage, namespace)];
  const claims = planClaims(owner, labelPredicate(options.selector), candidates);
  const owned = [...claims.owned];
  const setOwners = (object: D): Promise<D> =>
    patchMetadata(run, resource, object, { ownerReferences: object.metadata.ownerReferences ?? [] });
  for (const object of claims.release) await setOwners(withoutOwner(object, uid));
  if (claims.adopt.length === 0) return owned;
  const fresh = await run.client.find(ownerResource, { namespace, name });
  if (fresh?.metadata.uid !== uid || fresh.metadata.deletionTimestamp !== undefined) return owned;
  for (const object of claims.adopt) {
    owned.push(await setOwners(withOwner(object, controllerReference(ownerResource, owner))));
  }
  return owned;
}
