/** Deletes one finished Job in time; what the copy says is asked again first, as the time to live may have been changed. */
import { isApiError } from '../../api/api-error.ts';
import { Jobs } from '../../api/resources.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { expiresAtMs } from './plan.ts';

export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  alias: 'ttl-after-finished',
  start({ informer, enqueue }) {
    const jobs = informer(Jobs);
    jobs.onChange(({ object }) => {
      if (expiresAtMs(object) !== undefined) enqueue(objectKey(object));
    });
    return async (key, { client, nowMs }) => {
      const { namespace, name } = splitKey(key);
      const known = jobs.get(namespace, name);
      const atMs = known === undefined ? undefined : expiresAtMs(known);
      if (atMs === undefined) return;
      if (atMs > nowMs) return { afterMs: atMs - nowMs };
      const latest = await client.find(Jobs, { namespace, name });
      if (latest === undefined || (expiresAtMs(latest) ?? Infinity) > nowMs) return;
      const { uid, resourceVersion } = latest.metadata;
      try {
        await client.delete(Jobs, { namespace, name }, { uid, resourceVersion, propagationPolicy: 'Foreground' });
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error;
      }
    };
  },
};
