import { isApiError } from '../api/api-error.ts';
import type { Resource } from '../api/resource.ts';
import type { Client, ObjectRef } from '../client/client.ts';

/** Looks first: a Service with the same fixed address is refused before its name is. */
export async function createMissing<T, I>(
  client: Client,
  resource: Resource<T, I>,
  ref: ObjectRef,
  object: I,
): Promise<void> {
  if ((await client.find(resource, ref)) !== undefined) return;
  try {
    await client.create(resource, object);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}
