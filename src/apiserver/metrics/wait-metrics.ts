/** How long reads and writes wait until the cache of their resource has seen what others wrote, under Kubernetes' name. */
import type { Registry } from '../../base/metrics.ts';
import type { ResourceTarget } from '../request-info.ts';

const buckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3];

export type CountWait = (target: ResourceTarget, seconds: number) => void;

export function createWaitMetrics(registry: Registry): CountWait {
  const durations = registry.histogram({
    name: 'apiserver_watch_cache_read_wait_seconds',
    help: 'Time until the cache had seen what was written before, where servers share a store',
    labels: ['group', 'resource'],
    buckets,
  });
  return ({ group, resource }, seconds) => durations.of(group, resource).observe(seconds);
}
