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
import { performance } from 'node:perf_hooks';
import { ApiError } from '../../api/api-error.ts';
import { StoreError, type Store } from '../../store/store.ts';
import type { CountWait } from '../metrics/wait-metrics.ts';
import type { ApiRequest } from '../request.ts';

/** `waited`: counts how long that took. @throws ApiError Timeout when the store does not tell in time. */
export async function seeLatest(store: Store, request: ApiRequest, waited: CountWait): Promise<void> {
  if (!mustSeeLatest(store, request)) return;
  const begunMs = performance.now();
  try {
    await store.sync?.();
    if (request.info.resource !== undefined) waited(request.info.resource, (performance.now() - begunMs) / 1000);
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
