/** ReplicaSets and ReplicationControllers on a cluster with controllers: replicas, adoption and release, failures, life. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { Pods, ReplicaSets, ReplicationControllers, ResourceQuotas } from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const name = 'web';
const labels = { name };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
const podsOf = async (namespace: string): Promise<readonly Pod[]> =>
  (await cluster.client.list(Pods, { namespace, labelSelector: `name=${name}` })).items;
const ready = ({ status }: Pod) =>
  (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');

/** The two kinds differ in little. */
const kinds = [
  {
    title: 'ReplicaSet',
    create: async (namespace: string, replicas: number) =>
      void (await cluster.client.create(ReplicaSets, {
        metadata: { name, namespace, labels },
        spec: { replicas, selector: { matchLabels: labels }, template },
      })),
  },
  {
    title: 'ReplicationController',
    create: async (namespace: string, replicas: number) =>
      void (await cluster.client.create(ReplicationControllers, {
        metadata: { name, namespace, labels },
        spec: { replicas, selector: labels, template },
      })),
  },
];

for (const { title, create } of kinds) {
  test(`a ${title} serves with as many pods as it is told to, each with a name of its own`, async () => {
    const namespace = await cluster.namespace();
    await create(namespace, 3);
    await soon(async () => {
      const pods = await podsOf(namespace);
      assert.equal(pods.length, 3);
      assert.ok(pods.every(ready));
      assert.equal(new Set(pods.map(({ metadata }) => metadata.name)).size, 3);
      assert.ok(pods.every(({ metadata }) => metadata.name.startsWith(`${name}-`)));
    });
  });

  test(`a ${title} adopts a pod that matches, and releases it when it no longer does`, async () => {
    const namespace = await cluster.namespace();
    const made = await cluster.client.create(Pods, { ...template, metadata: { name: 'adopted', namespace, labels } });
    await create(namespace, 1);
    const ownersOf = async () => (await cluster.client.get(Pods, made.metadata)).metadata.ownerReferences ?? [];
    await soon(async () => {
      const [owner] = await ownersOf();
      assert.deepEqual([owner?.kind, owner?.name, owner?.controller], [title, name, true]);
    });
    assert.equal((await podsOf(namespace)).length, 1);
    const value = { metadata: { labels: { name: 'not-matching' } } };
    await cluster.client.patch(Pods, made.metadata, { type: 'merge', value });
    await soon(async () => assert.deepEqual(await ownersOf(), []));
    await soon(async () => assert.equal((await podsOf(namespace)).length, 1));
  });
}

test('a ReplicationController tells of an exceeded quota, until it fits again', async () => {
  const namespace = await cluster.namespace();
  const { client } = cluster;
  await client.create(ResourceQuotas, { metadata: { name: 'q', namespace }, spec: { hard: { pods: '2' } } });
  await soon(async () => assert.ok((await client.get(ResourceQuotas, { name: 'q', namespace })).status.hard?.['pods']));
  await kinds[1]?.create(namespace, 3);
  const conditions = async () =>
    (await client.get(ReplicationControllers, { name, namespace })).status.conditions ?? [];
  await soon(async () => {
    const [failure] = await conditions();
    assert.deepEqual([failure?.type, failure?.status, failure?.reason], ['ReplicaFailure', 'True', 'FailedCreate']);
    assert.match(failure?.message ?? '', /exceeded quota: q/);
  });
  await client.patch(ReplicationControllers, { name, namespace }, { type: 'merge', value: { spec: { replicas: 2 } } });
  await soon(async () => assert.deepEqual(await conditions(), []));
});

test('a ReplicationController lives: made, patched, its status written, scaled, listed, deleted with its pods', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name, namespace };
  await kinds[1]?.create(namespace, 1);
  await soon(async () => assert.equal((await client.get(ReplicationControllers, ref)).status.readyReplicas, 1));
  const marks = { metadata: { labels: { 'test-rc': 'patched' } } };
  await client.patch(ReplicationControllers, ref, { type: 'merge', value: marks });
  const zero = { status: { readyReplicas: 0, availableReplicas: 0 } };
  const told = await client.patch(
    ReplicationControllers,
    ref,
    { type: 'merge', value: zero },
    { subresource: 'status' },
  );
  assert.equal(told.status.readyReplicas ?? 0, 0);
  await soon(async () => assert.equal((await client.get(ReplicationControllers, ref)).status.readyReplicas, 1));
  const value = { spec: { replicas: 2 } };
  await client.patch(ReplicationControllers, ref, { type: 'merge', value }, { subresource: 'scale' });
  await soon(async () => assert.equal((await client.get(ReplicationControllers, ref)).status.availableReplicas, 2));
  const found = await client.list(ReplicationControllers, { labelSelector: 'test-rc=patched' });
  assert.equal(found.items.length, 1);
  const options = { propagationPolicy: 'Background' } as const;
  await client.deleteCollection(ReplicationControllers, { namespace, labelSelector: 'test-rc=patched' }, options);
  await soon(async () => assert.deepEqual(await podsOf(namespace), []));
});

test('a ReplicaSet is replaced and patched, and follows', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name, namespace };
  await kinds[0]?.create(namespace, 1);
  await soon(async () => assert.equal((await client.get(ReplicaSets, ref)).status.availableReplicas, 1));
  const current = await client.get(ReplicaSets, ref);
  await soon(async () => {
    const latest = await client.get(ReplicaSets, ref);
    await client.update(ReplicaSets, { ...latest, spec: { ...current.spec, replicas: 2 } });
  });
  await soon(async () => assert.equal((await client.get(ReplicaSets, ref)).status.availableReplicas, 2));
  const value = { metadata: { labels: { 'test-rs': 'patched' } }, spec: { replicas: 3 } };
  const patched = await client.patch(ReplicaSets, ref, { type: 'strategic', value });
  assert.equal(patched.metadata.labels?.['test-rs'], 'patched');
  await soon(async () => assert.equal((await client.get(ReplicaSets, ref)).status.readyReplicas, 3));
});

test('ReplicaSets are listed and deleted as a collection, with their pods', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await kinds[0]?.create(namespace, 3);
  await soon(async () => assert.equal((await podsOf(namespace)).filter(ready).length, 3));
  assert.equal((await client.list(ReplicaSets, { labelSelector: `name=${name}`, namespace })).items.length, 1);
  await client.deleteCollection(ReplicaSets, { labelSelector: `name=${name}`, namespace });
  await soon(async () => assert.deepEqual(await podsOf(namespace), []));
  assert.deepEqual((await client.list(ReplicaSets, { namespace })).items, []);
});
