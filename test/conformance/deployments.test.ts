/** Deployments on a cluster with controllers: strategies, rollover, proportional scaling, history. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Deployment } from '../../src/api/groups/apps.v1.ts';
import { Deployments, Pods, ReplicaSets } from '../../src/api/resources.ts';
import { ready } from './simulated-pods.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const name = 'web';
const matchLabels = { app: 'web' };
const template = (image: string) => ({
  metadata: { labels: matchLabels },
  spec: { containers: [{ name: 'c', image }] },
});
const revisionKey = 'deployment.kubernetes.io/revision';

async function create(namespace: string, spec: object): Promise<Deployment> {
  return cluster.client.create(Deployments, {
    metadata: { name, namespace, labels: matchLabels },
    spec: { selector: { matchLabels }, template: template('v1'), ...spec },
  });
}

const change = (namespace: string, spec: object): Promise<Deployment> =>
  cluster.client.patch(Deployments, { name, namespace }, { type: 'merge', value: { spec } as never });

async function settled(namespace: string, replicas: number): Promise<Deployment> {
  return soon(async () => {
    const found = await cluster.client.get(Deployments, { namespace, name });
    const { status, metadata } = found;
    assert.equal(status.observedGeneration, metadata.generation);
    assert.deepEqual(
      [status.updatedReplicas, status.replicas, status.availableReplicas],
      [replicas, replicas, replicas],
    );
    return found;
  });
}

const replicaSets = async (namespace: string) => (await cluster.client.list(ReplicaSets, { namespace })).items;
const images = async (namespace: string) =>
  (await cluster.client.list(Pods, { namespace })).items.map(({ spec }) => spec.containers[0]?.image);

test('a rolling update replaces old pods; the ReplicaSet of orphans is adopted as revision one', async () => {
  const namespace = await cluster.namespace();
  const labels = { ...matchLabels, pod: 'httpd' };
  await cluster.client.create(ReplicaSets, {
    metadata: { name: 'earlier', namespace, labels, annotations: { [revisionKey]: '3546343826724305832' } },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { ...template('v0'), metadata: { labels } } },
  });
  await create(namespace, { replicas: 1 });
  const found = await settled(namespace, 1);
  assert.equal(found.metadata.annotations?.[revisionKey], '3546343826724305833');
  await soon(async () => assert.deepEqual(await images(namespace), ['v1']));
  const earlier = await cluster.client.get(ReplicaSets, { namespace, name: 'earlier' });
  assert.equal(earlier.spec.replicas, 0);
  assert.equal(earlier.metadata.ownerReferences?.[0]?.uid, found.metadata.uid);
});

test('Recreate never lets new pods run beside old ones', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 2, strategy: { type: 'Recreate' } });
  await settled(namespace, 2);
  const watch = await cluster.server.watch(`/api/v1/namespaces/${namespace}/pods?watch=1`);
  await change(namespace, { template: template('v2') });
  await settled(namespace, 2);
  assert.deepEqual(await images(namespace), ['v2', 'v2']);
  const events = await watch.events(1);
  await watch.stop();
  const isNew = (object: unknown) => JSON.stringify(object).includes('"image":"v2"');
  const firstNew = events.findIndex(({ object }) => isNew(object));
  assert.equal(events.slice(0, firstNew).filter(({ type }) => type === 'DELETED').length, 2);
});

test('old ReplicaSets beyond the history that is kept are deleted', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 1, revisionHistoryLimit: 0 });
  await settled(namespace, 1);
  await change(namespace, { template: template('v2') });
  await settled(namespace, 1);
  await soon(async () => assert.equal((await replicaSets(namespace)).length, 1));
});

test('a rollover abandons the rollout that is under way', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
  await settled(namespace, 2);
  cluster.pods.decide((pod) => (pod.spec.containers[0]?.image === 'broken' ? { type: 'running' } : ready));
  await change(namespace, { template: template('broken') });
  await soon(async () => assert.ok((await images(namespace)).includes('broken')));
  await change(namespace, { template: template('v3') });
  await settled(namespace, 2);
  await soon(async () => assert.deepEqual(await images(namespace), ['v3', 'v3']));
  const sizes = (await replicaSets(namespace)).map(({ spec }) => spec.replicas).toSorted();
  assert.deepEqual(sizes, [0, 0, 2]);
});

test('scaling in the middle of a rollout keeps the proportions of its ReplicaSets', async () => {
  const namespace = await cluster.namespace();
  const strategy = { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  await create(namespace, { replicas: 10, strategy });
  await settled(namespace, 10);
  cluster.pods.decide((pod) => (pod.spec.containers[0]?.image === 'broken' ? { type: 'running' } : ready));
  const sizes = async () =>
    Object.fromEntries(
      (await replicaSets(namespace)).map(({ spec }) => [spec.template.spec.containers[0]?.image, spec.replicas]),
    );
  await change(namespace, { template: template('broken') });
  await soon(async () => assert.deepEqual(await sizes(), { v1: 8, broken: 5 }));
  await change(namespace, { replicas: 30 });
  await soon(async () => assert.deepEqual(await sizes(), { v1: 20, broken: 13 }));
});

test('a Deployment lives: made, patched, scaled, its status written, watched, listed, deleted', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 2 });
  await settled(namespace, 2);
  await change(namespace, { replicas: 1, template: { spec: { terminationGracePeriodSeconds: 0 } } });
  await settled(namespace, 1);
  const value = { spec: { replicas: 2 } };
  await client.patch(Deployments, { name, namespace }, { type: 'merge', value }, { subresource: 'scale' });
  await settled(namespace, 2);
  const status = { status: { conditions: [{ type: 'MyStatus', status: 'True', reason: 'a', message: 'b' }] } };
  const told = await client.patch(
    Deployments,
    { name, namespace },
    { type: 'merge', value: status },
    { subresource: 'status' },
  );
  assert.ok(told.status.conditions?.some(({ type }) => type === 'MyStatus'));
  const listed = await client.list(Deployments, { labelSelector: 'app=web', namespace });
  assert.equal(listed.items.length, 1);
  await client.deleteCollection(Deployments, { namespace }, { propagationPolicy: 'Background' });
  await soon(async () => assert.deepEqual(await images(namespace), []));
  assert.equal(await client.find(Deployments, { name, namespace }), undefined);
});
