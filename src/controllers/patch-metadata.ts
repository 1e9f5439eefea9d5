/**
 * Changes of owners and finalizers as patches: the roles of most controllers let them patch what they own, not replace it.
 * A patch holds for the version that was read; when the object has changed meanwhile it is refused with Conflict.
 */
import type { KubeObject } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';
import type { JsonObject } from '../api/schema.ts';
import type { Run } from './controller.ts';

export function patchMetadata<T extends KubeObject, I>(
  { client }: Run,
  resource: Resource<T, I>,
  { metadata }: T,
  change: Pick<KubeObject['metadata'], 'ownerReferences' | 'finalizers'>,
): Promise<T> {
  const { name, namespace, uid, resourceVersion } = metadata;
  const value = { metadata: { uid, resourceVersion, ...change } } as unknown as JsonObject;
  return client.patch(resource, { name, ...(namespace === undefined ? {} : { namespace }) }, { type: 'merge', value });
}
