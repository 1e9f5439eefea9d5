/**
 * Writes on every node how long its kubelet may keep what it read. While nodes come and go the size of the cluster is not known
 * yet: nodes are written when it has not changed for a second, once each, whichever steps lay between.
 */
import { Nodes } from '../../api/resources.ts';
import { isApiError } from '../../api/api-error.ts';
import type { Controller } from '../controller.ts';
import { planTtl, ttlAnnotation } from './plan.ts';

const settledAfterMs = 1000;

export const nodeTtlController: Controller = {
  name: 'ttl-controller',
  alias: 'ttl',
  start({ informer, enqueue, clock }) {
    const nodes = informer(Nodes);
    const names = new Set<string>();
    let seconds = 0;
    let changedMs = clock.now();
    nodes.onChange(({ type, object: { metadata } }) => {
      const before = names.size;
      if (type === 'deleted') names.delete(metadata.name);
      else names.add(metadata.name);
      if (names.size !== before) changedMs = clock.now();
      if (type === 'added') enqueue(metadata.name, settledAfterMs);
      else if (type === 'updated') enqueue(metadata.name);
      else if (planTtl(names.size, seconds) !== seconds) {
        for (const name of names) enqueue(name, settledAfterMs);
      }
    });
    return async (name, { client, nowMs }) => {
      const node = nodes.get(undefined, name);
      if (node === undefined) return;
      const waitMs = changedMs + settledAfterMs - nowMs;
      if (waitMs > 0) return { afterMs: waitMs };
      const ttl = planTtl(names.size, seconds);
      if (ttl !== seconds) {
        seconds = ttl;
        for (const other of names) enqueue(other);
      }
      if (node.metadata.annotations?.[ttlAnnotation] === String(ttl)) return;
      const value = { metadata: { annotations: { [ttlAnnotation]: String(ttl) } } };
      await client.patch(Nodes, { name }, { type: 'merge', value }).catch((error: unknown) => {
        if (!isApiError(error, 'NotFound')) throw error;
      });
    };
  },
};
