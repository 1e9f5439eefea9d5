/** CronJobs on a cluster with controllers, whose minutes pass in seconds: suspension and what becomes of Jobs that overlap. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CronJob, Job } from '../../src/api/groups/batch.v1.ts';
import { CronJobs, Jobs } from '../../src/api/resources.ts';
import { ready } from './simulated-pods.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const name = 'tick';

async function create(namespace: string, spec: object): Promise<CronJob> {
  cluster.pods.decide(() => ready);
  const template = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'v1' }] } };
  return cluster.client.create(CronJobs, {
    metadata: { name, namespace },
    spec: { schedule: '*/1 * * * *', jobTemplate: { spec: { template } }, ...spec },
  });
}

const jobsOf = async (namespace: string): Promise<readonly Job[]> =>
  (await cluster.client.list(Jobs, { namespace })).items.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
const active = async (namespace: string) =>
  (await cluster.client.get(CronJobs, { namespace, name })).status.active ?? [];

/** Until the controllers' clock shows `minutes` more. */
async function passed(minutes: number): Promise<void> {
  const untilMs = cluster.clock.now() + minutes * 60_000;
  await soon(async () => assert.ok(cluster.clock.now() >= untilMs));
}

test('Jobs may run beside each other when that is allowed', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { concurrencyPolicy: 'Allow' });
  await soon(async () => assert.ok((await active(namespace)).length > 1));
  assert.ok((await jobsOf(namespace)).length > 1);
});

test('a suspended CronJob starts nothing', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { suspend: true });
  await passed(3);
  assert.deepEqual(await jobsOf(namespace), []);
  assert.deepEqual(await active(namespace), []);
});

test('no second Job starts while one runs, when that is forbidden', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { concurrencyPolicy: 'Forbid' });
  const first = await soon(async () => {
    const [one] = await active(namespace);
    assert.ok(one);
    return one.uid;
  });
  await passed(3);
  assert.deepEqual(
    (await active(namespace)).map(({ uid }) => uid),
    [first],
  );
  assert.equal((await jobsOf(namespace)).length, 1);
});

test('a Job takes the place of the one before, when it is to be replaced', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { concurrencyPolicy: 'Replace' });
  const first = await soon(async () => {
    const [one] = await jobsOf(namespace);
    assert.ok(one);
    return one.metadata.uid;
  });
  await soon(async () => {
    const jobs = await jobsOf(namespace);
    assert.equal(jobs.length, 1);
    assert.notEqual(jobs[0]?.metadata.uid, first);
  });
});
