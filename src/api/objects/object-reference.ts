/** References to objects, as events and bindings carry them. */
import type { ObjectReference } from '../groups/core.v1.ts';
import type { KubeObject } from '../kind.ts';

/** `fieldPath`: the part of the object that is meant, such as `spec.containers{web}`. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    apiVersion: object.apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
