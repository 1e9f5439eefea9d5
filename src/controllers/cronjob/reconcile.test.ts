import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CronJobs, Jobs } from '../../api/resources.ts';
import { job } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { cronJobController } from './reconcile.ts';

test('cronJobController starts a Job each time', async () => {
  await runCluster([cronJobController], async ({ api, clock, quiet, events }) => {
    const spec = { schedule: '*/10 * * * *', jobTemplate: { spec: job().spec } };
    await api.create(CronJobs, { metadata: { namespace: 'default', name: 'tick' }, spec });
    await quiet();
    assert.equal(api.all(Jobs).length, 0);
    for (const count of [1, 2]) {
      clock.advance(600_000);
      await quiet();
      assert.equal(api.all(Jobs).length, count);
    }
    const { status } = await api.get(CronJobs, { namespace: 'default', name: 'tick' });
    assert.equal(status.active?.length, 2);
    assert.ok(events[0]?.startsWith('SuccessfulCreate Created job tick-'));
  });
});
