/** What plugins say when they refuse a write, and how they find out that a write is theirs to judge. */
import { ApiError } from '../../api/api-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Resource } from '../../api/resource.ts';
import { qualifiedResource } from '../registry/served.ts';
import type { Admitted, Operation } from './admission.ts';

/** The Forbidden error about the object of the request, in the words that all plugins share. */
export function refusal(request: Admitted, why: string): ApiError {
  const { group, plural } = request.served.resource;
  const name = shownName(request);
  const text = `${qualifiedResource(request.served)} ${JSON.stringify(name)} is forbidden: ${why}`;
  return new ApiError('Forbidden', text, { name, group, kind: plural });
}

/** The name, or as much of it as there is: generated names are made after the object was admitted. */
function shownName({ name, object }: Admitted): string {
  if (name !== '') return name;
  const { name: given = '', generateName = '' } = object?.metadata ?? {};
  return given || generateName || 'Unknown';
}

/**
 * The object of a write to the resource itself (no subresource) by one of the operations; undefined for all other writes.
 */
export function objectOf<T>(
  request: Admitted,
  resource: Resource<T>,
  ...operations: Operation[]
): Draft<T> | undefined {
  if (request.served.resource !== resource || request.subresource !== '') return undefined;
  if (!operations.includes(request.operation)) return undefined;
  return request.object as unknown as Draft<T>;
}
