import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { Registry } from '../base/metrics.ts';
import { seededRandom } from '../base/random.ts';
import { createWorkQueueMetrics } from './work-queue-metrics.ts';
import { WorkQueue } from './work-queue.ts';

test('createWorkQueueMetrics() counts what is added, taken, done and tried again', async () => {
  const clock = virtualClock();
  const registry = new Registry();
  const metrics = createWorkQueueMetrics(registry, clock);
  const observer = metrics.observer('job');
  const queue = new WorkQueue({ clock, random: seededRandom(1), log: silentLog, observer });
  metrics.follow('job', queue);
  for (const key of ['a', 'b', 'a']) queue.add(key);
  const line = (name: string) => registry.text().match(new RegExp(`^${name}(?:{[^}]*})? (.+)$`, 'm'))?.[1];
  assert.equal(line('workqueue_depth'), '2');
  assert.equal(line('workqueue_adds_total'), '2');
  clock.advance(2000);
  const abort = new AbortController();
  let finish: () => void = () => undefined;
  const running = queue.run(abort.signal, async (key) => {
    if (key === 'a') throw new Error('once');
    await new Promise<void>((resolve) => (finish = resolve));
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(line('workqueue_depth'), '0');
  assert.equal(line('workqueue_retries_total'), '1');
  assert.equal(line('workqueue_queue_duration_seconds_sum'), '4');
  clock.advance(3);
  assert.equal(line('workqueue_unfinished_work_seconds'), '0.003');
  assert.equal(line('workqueue_longest_running_processor_seconds'), '0.003');
  abort.abort();
  finish();
  await running;
  assert.equal(line('workqueue_work_duration_seconds_count'), '2');
});
