/** Jobs on a cluster with controllers: completion modes, limits by index, failure and success policies, adoption, life. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Job } from '../../src/api/groups/batch.v1.ts';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { Jobs, Pods } from '../../src/api/resources.ts';
import { ready, type Fate } from './simulated-pods.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const name = 'task';
const indexKey = 'batch.kubernetes.io/job-completion-index';
const succeeded: Fate = { type: 'succeeded' };
const failed: Fate = { type: 'failed', exitCode: 1 };
const indexOf = ({ metadata }: Pod): number => Number(metadata.annotations?.[indexKey]);

const spec = (more: object) => ({
  template: {
    metadata: { labels: { job: name } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'v1' }] },
  },
  ...more,
});

async function create(namespace: string, more: object, fate: (pod: Pod) => Fate): Promise<Job> {
  cluster.pods.decide(fate);
  return cluster.client.create(Jobs, { metadata: { name, namespace, labels: { e2e: name } }, spec: spec(more) });
}

const podsOf = async (namespace: string): Promise<readonly Pod[]> =>
  (await cluster.client.list(Pods, { namespace })).items;
const condition = ({ status }: Job, type: string) =>
  status.conditions?.find((one) => one.type === type && one.status === 'True');

/** The Job when it has come to its end. */
const ended = (namespace: string, type: 'Complete' | 'Failed'): Promise<Job> =>
  soon(async () => {
    const job = await cluster.client.get(Jobs, { name, namespace });
    assert.ok(condition(job, type), JSON.stringify(job.status));
    assert.ok(condition(job, type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget'));
    assert.deepEqual([job.status.active ?? 0, job.status.ready ?? 0, job.status.terminating ?? 0], [0, 0, 0]);
    return job;
  });

test('pods of an Indexed Job have their index in annotation, label, host name and environment', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { completionMode: 'Indexed', completions: 4, parallelism: 2 }, () => succeeded);
  const job = await ended(namespace, 'Complete');
  assert.deepEqual([job.status.succeeded, job.status.completedIndexes], [4, '0-3']);
  const pods = await podsOf(namespace);
  assert.deepEqual(pods.map(indexOf).toSorted(), [0, 1, 2, 3]);
  for (const pod of pods) {
    const index = indexOf(pod);
    assert.equal(pod.metadata.labels?.[indexKey], String(index));
    assert.equal(pod.spec.hostname, `${name}-${index}`);
    assert.ok(pod.metadata.name.startsWith(`${name}-${index}-`));
    const variable = pod.spec.containers[0]?.env?.find((one) => one.name === 'JOB_COMPLETION_INDEX');
    assert.equal(variable?.valueFrom?.fieldRef?.fieldPath, `metadata.labels['${indexKey}']`);
  }
});

test('tasks that fail now and then and are started again within their pod run to completion', async () => {
  const namespace = await cluster.namespace();
  const template = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'v1' }] } };
  await create(namespace, { parallelism: 2, completions: 4, template }, () => ({ type: 'succeeded', restarts: 2 }));
  const job = await ended(namespace, 'Complete');
  assert.deepEqual([job.status.succeeded, job.status.failed ?? 0], [4, 0]);
  assert.equal(condition(job, 'Complete')?.reason, 'CompletionsReached');
});

test('a Job adopts orphans that match, and releases pods that no longer do', async () => {
  const namespace = await cluster.namespace();
  const { client } = cluster;
  const job = await create(namespace, { parallelism: 2, completions: 2 }, () => ready);
  const pod = await soon(async () => {
    const [first, second] = await podsOf(namespace);
    assert.ok(first && second);
    return first;
  });
  const ownersOf = async () => (await client.get(Pods, pod.metadata)).metadata.ownerReferences ?? [];
  await client.patch(Pods, pod.metadata, { type: 'merge', value: { metadata: { ownerReferences: null } } });
  await soon(async () => assert.equal((await ownersOf())[0]?.uid, job.metadata.uid));
  const labels = Object.fromEntries(Object.keys(pod.metadata.labels ?? {}).map((key) => [key, null]));
  await client.patch(Pods, pod.metadata, { type: 'merge', value: { metadata: { labels } } });
  await soon(async () => assert.deepEqual(await ownersOf(), []));
});

test('a Job that is deleted takes its pods along', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { parallelism: 2, completions: 2 }, () => ready);
  await soon(async () => assert.equal((await podsOf(namespace)).length, 2));
  await cluster.client.delete(Jobs, { name, namespace }, { propagationPolicy: 'Foreground' });
  await soon(async () => assert.equal(await cluster.client.find(Jobs, { name, namespace }), undefined));
  await soon(async () => assert.deepEqual(await podsOf(namespace), []));
});

test('a Job lives: made suspended, patched, started by an update, listed, deleted as a collection', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name, namespace };
  await create(namespace, { suspend: true, parallelism: 2, completions: 2, backoffLimit: 6 }, () => succeeded);
  await soon(async () => assert.ok(condition(await client.get(Jobs, ref), 'Suspended')));
  const value = { metadata: { labels: { [name]: 'patched' } } };
  const patched = await client.patch(Jobs, ref, { type: 'strategic', value });
  assert.equal(patched.metadata.labels?.[name], 'patched');
  await soon(async () => {
    const current = await client.get(Jobs, ref);
    const annotations = { updated: 'true' };
    await client.update(Jobs, {
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...current.spec, suspend: false },
    });
  });
  const done = await ended(namespace, 'Complete');
  assert.equal(done.metadata.annotations?.['updated'], 'true');
  assert.equal((await client.list(Jobs, { labelSelector: `${name}=patched` })).items.length, 1);
  const options = { propagationPolicy: 'Background' } as const;
  await client.deleteCollection(Jobs, { namespace, labelSelector: `${name}=patched` }, options);
  await soon(async () => assert.deepEqual((await client.list(Jobs, { namespace })).items, []));
});

test('all indexes are run though some fail, when failures are limited by index', async () => {
  const namespace = await cluster.namespace();
  const limits = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 };
  await create(namespace, limits, (pod) => (indexOf(pod) === 0 ? failed : succeeded));
  const { status } = await ended(namespace, 'Failed');
  assert.deepEqual([status.completedIndexes, status.failedIndexes], ['1', '0']);
  assert.deepEqual([status.succeeded, status.failed], [1, 2]);
});

test('execution ends when more indexes have failed than may', async () => {
  const namespace = await cluster.namespace();
  const limits = {
    completionMode: 'Indexed',
    completions: 4,
    parallelism: 1,
    backoffLimitPerIndex: 0,
    maxFailedIndexes: 1,
  };
  await create(namespace, limits, () => failed);
  const job = await ended(namespace, 'Failed');
  assert.equal(condition(job, 'Failed')?.reason, 'MaxFailedIndexesExceeded');
  assert.deepEqual([job.status.succeeded ?? 0, job.status.failedIndexes], [0, '0,1']);
});

test('FailIndex gives an index up at once', async () => {
  const namespace = await cluster.namespace();
  const podFailurePolicy = { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [42] } }] };
  const limits = {
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    backoffLimitPerIndex: 1,
    podFailurePolicy,
  };
  await create(namespace, limits, (pod) => (indexOf(pod) === 0 ? { type: 'failed', exitCode: 42 } : succeeded));
  const job = await ended(namespace, 'Failed');
  assert.deepEqual([job.status.completedIndexes, job.status.failedIndexes, job.status.failed], ['1', '0', 1]);
  assert.equal(condition(job, 'Failed')?.reason, 'FailedIndexes');
});

test('the failure policy fails a Job early by an exit code', async () => {
  const namespace = await cluster.namespace();
  const podFailurePolicy = {
    rules: [{ action: 'FailJob', onExitCodes: { containerName: 'c', operator: 'In', values: [1] } }],
  };
  await create(namespace, { parallelism: 1, completions: 1, backoffLimit: 6, podFailurePolicy }, () => failed);
  const job = await ended(namespace, 'Failed');
  const found = condition(job, 'Failed');
  assert.equal(found?.reason, 'PodFailurePolicy');
  assert.match(
    found?.message ?? '',
    /^Container c for pod .+ failed with exit code 1 matching FailJob rule at index 0$/,
  );
  assert.equal(job.status.failed, 1);
});

test('the failure policy ignores failures by disruption', async () => {
  const namespace = await cluster.namespace();
  const podFailurePolicy = {
    rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
  };
  let victim = '';
  await create(namespace, { parallelism: 1, completions: 1, backoffLimit: 0, podFailurePolicy }, ({ metadata }) => {
    victim ||= metadata.uid;
    return metadata.uid === victim ? { type: 'failed', exitCode: 1, condition: 'DisruptionTarget' } : succeeded;
  });
  const { status } = await ended(namespace, 'Complete');
  assert.deepEqual([status.succeeded, status.failed ?? 0], [1, 0]);
});

for (const { title, rule, done, indexes } of [
  { title: 'all indexes', rule: { succeededIndexes: '0-1' }, done: [0, 1], indexes: '0,1' },
  { title: 'the index it names, while others still run', rule: { succeededIndexes: '0' }, done: [0], indexes: '0' },
  { title: 'as many indexes as it says, while others still run', rule: { succeededCount: 1 }, done: [0], indexes: '0' },
]) {
  test(`a success policy is met by ${title}`, async () => {
    const namespace = await cluster.namespace();
    const limits = { completionMode: 'Indexed', completions: 2, parallelism: 2, successPolicy: { rules: [rule] } };
    await create(namespace, limits, (pod) => (done.includes(indexOf(pod)) ? succeeded : ready));
    const job = await ended(namespace, 'Complete');
    assert.equal(job.status.completedIndexes, indexes);
    assert.equal(job.status.succeeded, done.length);
    for (const type of ['SuccessCriteriaMet', 'Complete']) {
      const found = condition(job, type);
      assert.deepEqual([found?.reason, found?.message], ['SuccessPolicy', 'Matched rules at index 0']);
    }
  });
}
