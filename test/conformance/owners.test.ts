/** The garbage collector on a cluster with controllers: with dependents, without, in the foreground, and in circles. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import type { OwnerReference } from '../../src/api/groups/meta.v1.ts';
import { Deployments, Pods, ReplicaSets, ReplicationControllers } from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const labels = { app: 'gc' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
const podsOf = async (namespace: string) => (await cluster.client.list(Pods, { namespace })).items;

async function createController(namespace: string, name: string, replicas: number) {
  const { client } = cluster;
  const selector = { ...labels, rc: name };
  const made = await client.create(ReplicationControllers, {
    metadata: { name, namespace },
    spec: { replicas, selector, template: { ...template, metadata: { labels: selector } } },
  });
  await soon(async () => {
    const { status } = await client.get(ReplicationControllers, { name, namespace });
    assert.equal(status.readyReplicas ?? 0, replicas);
  });
  return made;
}

async function createDeployment(namespace: string) {
  const { client } = cluster;
  const made = await client.create(Deployments, {
    metadata: { name: 'gc', namespace },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  });
  await soon(async () => assert.equal((await client.list(ReplicaSets, { namespace })).items.length, 1));
  return made;
}

/** Long enough for a collector that is wrong to show it. */
const awhile = () => new Promise((resolve) => setTimeout(resolve, 300));

test('the pods of a controller that is deleted go with it, unless they are to be orphans', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await createController(namespace, 'gone', 2);
  const kept = await createController(namespace, 'kept', 3);
  await client.delete(ReplicationControllers, { name: 'gone', namespace }, { propagationPolicy: 'Background' });
  await soon(async () => assert.equal((await podsOf(namespace)).length, 3));
  await client.delete(ReplicationControllers, kept.metadata, { propagationPolicy: 'Orphan' });
  await soon(async () => assert.equal(await client.find(ReplicationControllers, kept.metadata), undefined));
  await awhile();
  const pods = await podsOf(namespace);
  assert.equal(pods.length, 3);
  assert.ok(pods.every(({ metadata }) => (metadata.ownerReferences ?? []).length === 0));
});

test('the ReplicaSet of a Deployment goes with it, unless it is to be an orphan', async () => {
  const { client } = cluster;
  for (const propagationPolicy of ['Background', 'Orphan'] as const) {
    const namespace = await cluster.namespace();
    const { metadata } = await createDeployment(namespace);
    await client.delete(Deployments, metadata, { propagationPolicy });
    const left = propagationPolicy === 'Orphan' ? 1 : 0;
    await soon(async () => {
      assert.equal(await client.find(Deployments, metadata), undefined);
      assert.equal((await client.list(ReplicaSets, { namespace })).items.length, left);
    });
    await awhile();
    const sets = (await client.list(ReplicaSets, { namespace })).items;
    assert.equal(sets.length, left);
    assert.deepEqual(
      sets.flatMap((one) => one.metadata.ownerReferences ?? []),
      [],
    );
  }
});

test('a controller deleted in the foreground stays until its last pod is gone', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const { metadata } = await createController(namespace, 'waits', 2);
  for (const pod of await podsOf(namespace)) {
    const value = { metadata: { finalizers: ['example.com/hold'] } };
    await client.patch(Pods, pod.metadata, { type: 'merge', value });
  }
  await client.delete(ReplicationControllers, metadata, { propagationPolicy: 'Foreground' });
  await soon(async () => {
    const found = await client.get(ReplicationControllers, metadata);
    assert.deepEqual(found.metadata.finalizers, ['foregroundDeletion']);
    assert.ok((await podsOf(namespace)).every((pod) => pod.metadata.deletionTimestamp !== undefined));
  });
  for (const pod of await podsOf(namespace)) {
    await client.patch(Pods, pod.metadata, { type: 'merge', value: { metadata: { finalizers: null } } });
  }
  await soon(async () => assert.equal(await client.find(ReplicationControllers, metadata), undefined));
  assert.deepEqual(await podsOf(namespace), []);
});

test('a dependent stays that has another owner beside the one that waits for it', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const deleted = await createController(namespace, 'deleted', 2);
  const stays = await createController(namespace, 'stays', 0);
  const [shared] = await podsOf(namespace);
  assert.ok(shared);
  const { name, uid } = stays.metadata;
  const other: OwnerReference = { apiVersion: 'v1', kind: 'ReplicationController', name, uid };
  const ownerReferences = [...(shared.metadata.ownerReferences ?? []), other];
  await client.patch(Pods, shared.metadata, { type: 'merge', value: { metadata: { ownerReferences } } as never });
  await client.delete(ReplicationControllers, deleted.metadata, { propagationPolicy: 'Foreground' });
  await soon(async () => assert.equal(await client.find(ReplicationControllers, deleted.metadata), undefined));
  const pods = await podsOf(namespace);
  assert.deepEqual(
    pods.map(({ metadata }) => metadata.name),
    [shared.metadata.name],
  );
  assert.deepEqual(
    pods[0]?.metadata.ownerReferences?.map((one) => one.name),
    ['stays'],
  );
});

test('a circle of owners does not hold up its own deletion', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const made: Pod[] = [];
  for (const name of ['pod1', 'pod2', 'pod3']) {
    made.push(await client.create(Pods, { ...template, metadata: { name, namespace } }));
  }
  for (const [i, pod] of made.entries()) {
    const owner = made[(i + 2) % 3];
    assert.ok(owner);
    const reference = { apiVersion: 'v1', kind: 'Pod', controller: true, blockOwnerDeletion: true };
    const ownerReferences = [{ ...reference, name: owner.metadata.name, uid: owner.metadata.uid }];
    await client.patch(Pods, pod.metadata, { type: 'merge', value: { metadata: { ownerReferences } } });
  }
  await client.delete(Pods, { name: 'pod1', namespace }, { propagationPolicy: 'Foreground' });
  await soon(async () => assert.deepEqual(await podsOf(namespace), []));
});
