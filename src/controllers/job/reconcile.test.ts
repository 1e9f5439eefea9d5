import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../api/groups/batch.v1.ts';
import { Jobs, Pods } from '../../api/resources.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { job } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { ttlAfterFinishedController } from '../ttl-after-finished/reconcile.ts';
import { jobController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'task' };
const newJob = (spec: Partial<Job['spec']>) => ({ metadata: ref, spec: { ...job().spec, ...spec } });

async function finish(api: MemoryApi, phase: string): Promise<void> {
  for (const pod of api.all(Pods)) {
    if (pod.status.phase === undefined) await api.updateStatus(Pods, { ...pod, status: { phase } });
  }
}

test('jobController runs pods until enough have succeeded, and the Job goes when its time has passed', async () => {
  await runCluster([jobController, ttlAfterFinishedController], async ({ api, clock, quiet, events }) => {
    await api.create(Jobs, newJob({ completions: 3, parallelism: 2, ttlSecondsAfterFinished: 60 }));
    await quiet();
    assert.equal(api.all(Pods).length, 2);
    await finish(api, 'Succeeded');
    await quiet();
    assert.equal(api.all(Pods).length, 3);
    await finish(api, 'Succeeded');
    await quiet();
    const done = await api.get(Jobs, ref);
    assert.equal(done.status.succeeded, 3);
    assert.ok(done.status.completionTime);
    assert.ok(events.includes('Completed Job completed'));
    assert.ok(api.all(Pods).every(({ metadata }) => (metadata.finalizers ?? []).length === 0));
    clock.advance(61_000);
    await quiet();
    assert.ok((await api.get(Jobs, ref)).metadata.deletionTimestamp);
  });
});

test('jobController tries again later after failures, then fails', async () => {
  await runCluster([jobController], async ({ api, clock, quiet }) => {
    await api.create(Jobs, newJob({ completions: 1, backoffLimit: 1 }));
    await quiet();
    await finish(api, 'Failed');
    await quiet();
    assert.equal(api.all(Pods).length, 1);
    clock.advance(11_000);
    await quiet();
    assert.equal(api.all(Pods).length, 2);
    await finish(api, 'Failed');
    await quiet();
    const { status } = await api.get(Jobs, ref);
    assert.equal(status.failed, 2);
    assert.equal(status.conditions?.find(({ type }) => type === 'Failed')?.reason, 'BackoffLimitExceeded');
  });
});

test('jobController lets the pods of a Job go that was deleted', async () => {
  await runCluster([jobController], async ({ api, quiet }) => {
    await api.create(Jobs, newJob({ completions: 1 }));
    await quiet();
    await api.delete(Jobs, ref);
    await quiet();
    assert.deepEqual(
      api.all(Pods).map(({ metadata }) => metadata.finalizers),
      [[]],
    );
  });
});
