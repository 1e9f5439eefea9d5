/** The object a request is about, and the errors that name it. */
import { ApiError } from '../../api/api-error.ts';
import type { WriteContext } from '../../api/descriptor.ts';
import { Namespaces } from '../../api/resources.ts';
import { expressionChecks } from '../admission/policies/check-expressions.ts';
import type { Api } from '../api.ts';
import { qualifiedResource, storageKey, type Served } from '../registry/served.ts';
import type { Entry } from '../registry/entry.ts';
import type { ApiRequest } from '../request.ts';
import type { ResourceTarget } from '../request-info.ts';

/** What the request's path names; only for requests that name a resource. */
export function targetOf(request: ApiRequest): ResourceTarget {
  const { resource } = request.info;
  if (resource === undefined) throw new Error(`"${request.info.path}" names no resource`);
  return resource;
}

export function nameOf(request: ApiRequest): string {
  return targetOf(request).name ?? '';
}

export function keyOf(served: Served, request: ApiRequest): string {
  const { namespace } = targetOf(request);
  return storageKey(served, namespace, nameOf(request));
}

/** The current entry of the object that the path names. @throws ApiError NotFound */
export function currentEntry(served: Served, request: ApiRequest): Entry {
  const entry = served.cache.get(keyOf(served, request));
  if (entry === undefined) throw notFoundError(served, nameOf(request));
  return entry;
}

export function writeContext(api: Api, request: ApiRequest): WriteContext {
  return {
    nowMs: api.clock.now(),
    user: request.user.name,
    groups: request.user.groups,
    uid: request.user.uid,
    extra: request.user.extra,
    subresource: request.info.resource?.subresource ?? '',
    namespaceLabels: () => namespaceLabels(api, request.info.resource?.namespace),
    expressionChecks,
    warn: request.warn,
  };
}

function namespaceLabels(api: Api, name: string | undefined): Readonly<Record<string, string>> | undefined {
  if (name === undefined) return undefined;
  const namespaces = api.resources.of(Namespaces);
  const entry = namespaces.cache.get(storageKey(namespaces, undefined, name));
  return entry === undefined ? undefined : (entry.object.metadata.labels ?? {});
}

export function notFoundError(served: Served, name: string): ApiError {
  const { group, plural } = served.resource;
  const kind = served.descriptor.missingAs ?? plural;
  const resource = served.descriptor.missingAs ?? qualifiedResource(served);
  return new ApiError('NotFound', `${resource} ${JSON.stringify(name)} not found`, { name, group, kind });
}

/** `existing`: what has the name, or the name alone. */
export function alreadyExistsError(served: Served, existing: Entry | string): ApiError {
  const { group, plural } = served.resource;
  const name = typeof existing === 'string' ? existing : existing.object.metadata.name;
  const going = typeof existing !== 'string' && existing.object.metadata.deletionTimestamp !== undefined;
  const text = `${qualifiedResource(served)} ${JSON.stringify(name)} already exists`;
  const details = { name, group, kind: plural };
  return new ApiError('AlreadyExists', going ? `object is being deleted: ${text}` : text, details);
}

export function conflictError(served: Served, name: string, why: string): ApiError {
  const { group, plural } = served.resource;
  return new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(served)} ${JSON.stringify(name)}: ${why}`,
    { name, group, kind: plural },
  );
}

/** The name in the body is not the one in the path; '' = there is none. */
export function otherNameError(said: string, name: string): ApiError {
  return new ApiError(
    'BadRequest',
    said === ''
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${said}) does not match the name on the URL (${name})`,
  );
}

export function otherNamespaceError(): ApiError {
  return new ApiError(
    'BadRequest',
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

/** What a body is about, which is made and forgotten, lies in the namespace of its path. @throws ApiError BadRequest */
export function checkSaidNamespace(request: ApiRequest, body: { readonly metadata?: unknown }): void {
  const { namespace: said = '' } = (body.metadata ?? {}) as { readonly namespace?: string };
  const { namespace } = targetOf(request);
  if (said !== '' && namespace !== undefined && said !== namespace) throw otherNamespaceError();
}

/** A uid was named that the stored object ('' = there is none) does not have. */
export const uidConflict = (served: Served, name: string, key: string, said: string, stored: string): ApiError =>
  storageConflict(served, name, key, `UID in precondition: ${said}, UID in object meta: ${stored}`);

/** What was said of the stored object does not hold. */
export function storageConflict(served: Served, name: string, key: string, why: string): ApiError {
  const where = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0`;
  return conflictError(served, name, `${where}, AdditionalErrorMsg: Precondition failed: ${why}`);
}

export const modifiedText =
  'the object has been modified; please apply your changes to the latest version and try again';
