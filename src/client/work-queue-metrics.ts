/** The figures of work queues that Kubernetes' dashboards read: `workqueue_*`, by the name of the queue. */
import type { Clock } from '../base/clock.ts';
import type { Registry } from '../base/metrics.ts';
import type { WorkQueue, WorkQueueObserver } from './work-queue.ts';

export interface WorkQueueMetrics {
  /** To be given to the queue of that name. */
  observer(name: string): WorkQueueObserver;
  /** Reads off at each scrape how long its workers have been at work. */
  follow(name: string, queue: Pick<WorkQueue, 'processingSinceMs'>): void;
}

const buckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10];

export function createWorkQueueMetrics(registry: Registry, clock: Clock): WorkQueueMetrics {
  const labels = ['name'];
  const gauge = (name: string, help: string) => registry.gauge({ name, help, labels });
  const counter = (name: string, help: string) => registry.counter({ name, help, labels });
  const histogram = (name: string, help: string) => registry.histogram({ name, help, labels, buckets });
  const depth = gauge('workqueue_depth', 'Keys that wait');
  const adds = counter('workqueue_adds_total', 'Keys that were added');
  const retries = counter('workqueue_retries_total', 'Keys that were added again after a failure');
  const waited = histogram('workqueue_queue_duration_seconds', 'How long keys waited');
  const worked = histogram('workqueue_work_duration_seconds', 'How long keys were worked on');
  const unfinished = gauge('workqueue_unfinished_work_seconds', 'How long all workers have been at what they do now');
  const longest = gauge('workqueue_longest_running_processor_seconds', 'How long the slowest worker has been at it');
  // Who works again after it had lost its lease has new queues of the same names.
  const queues = new Map<string, Pick<WorkQueue, 'processingSinceMs'>>();
  registry.collect(() => {
    for (const [name, queue] of queues) {
      const seconds = queue.processingSinceMs().map((sinceMs) => (clock.now() - sinceMs) / 1000);
      unfinished.of(name).set(seconds.reduce((sum, one) => sum + one, 0));
      longest.of(name).set(Math.max(0, ...seconds));
    }
  });
  return {
    observer: (name) => ({
      added(count) {
        depth.of(name).set(count);
        adds.of(name).add();
      },
      taken(count, waitedMs) {
        depth.of(name).set(count);
        waited.of(name).observe(waitedMs / 1000);
      },
      ended: (tookMs) => worked.of(name).observe(tookMs / 1000),
      retried: () => retries.of(name).add(),
    }),
    follow: (name, queue) => void queues.set(name, queue),
  };
}
