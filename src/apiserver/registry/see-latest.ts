/**
 * Where several servers share a store, the caches of one hear later of what another has answered. Requests that must see
 * it wait until the caches have come as far as the store was when they arrived:
 *
 *   reads that name no version   whatever was answered to anybody, through whichever server (KEP-2340)
 *   reads of a version           that version, which the client may have from another server
 *   writes                       likewise: they start from what the caches hold
 *
 * Reads of "any version" (resourceVersion=0) wait for nothing. Many requests share one question to the store.
 */
import { ApiError } from '../../api/api-error.ts';
import { StoreError, type Store } from '../../store/store.ts';
import type { ApiRequest } from '../request.ts';

/** @throws ApiError Timeout when the store does not tell in time. */
export async function seeLatest(store: Store, request: ApiRequest): Promise<void> {
  if (!mustSeeLatest(store, request)) return;
  try {
    await store.sync?.();
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'unavailable') throw error;
    throw new ApiError('Timeout', `The store cannot be reached: ${error.message}`, { retryAfterSeconds: 1 });
  }
}

function mustSeeLatest(store: Store, { info, query }: ApiRequest): boolean {
  if (!['get', 'list', 'watch'].includes(info.verb)) return true;
  const version = query.get('resourceVersion') ?? '';
  return version === '' || Number(version) > store.revision;
}
