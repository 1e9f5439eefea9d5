/** StatefulSets on a cluster with controllers: order, updates with partitions, rollbacks, eviction. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StatefulSet } from '../../src/api/groups/apps.v1.ts';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { Pods, Services, StatefulSets } from '../../src/api/resources.ts';
import { ready, type Fate } from './simulated-pods.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const name = 'ss';
const labels = { app: 'ss' };
const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image }] } });

async function create(namespace: string, spec: object): Promise<StatefulSet> {
  const { client } = cluster;
  const ports = [{ port: 80, name: 'http' }];
  await client.create(Services, {
    metadata: { name: 'test', namespace },
    spec: { clusterIP: 'None', selector: labels, ports },
  });
  return client.create(StatefulSets, {
    metadata: { name, namespace },
    spec: { serviceName: 'test', selector: { matchLabels: labels }, template: template('v1'), ...spec },
  });
}

const change = (namespace: string, spec: object): Promise<StatefulSet> =>
  cluster.client.patch(StatefulSets, { name, namespace }, { type: 'merge', value: { spec } as never });

const podsOf = async (namespace: string): Promise<readonly Pod[]> =>
  (await cluster.client.list(Pods, { namespace })).items.toSorted((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : 1,
  );
const namesOf = async (namespace: string) => (await podsOf(namespace)).map(({ metadata }) => metadata.name);
const imagesOf = async (namespace: string) => (await podsOf(namespace)).map(({ spec }) => spec.containers[0]?.image);

async function settled(namespace: string, replicas: number): Promise<StatefulSet> {
  return soon(async () => {
    const found = await cluster.client.get(StatefulSets, { namespace, name });
    const { status, metadata } = found;
    assert.equal(status.observedGeneration, metadata.generation);
    assert.deepEqual([status.replicas, status.readyReplicas ?? 0], [replicas, replicas]);
    return found;
  });
}

const sick =
  (...names: readonly string[]) =>
  ({ metadata }: Pod): Fate =>
    names.includes(metadata.name) ? { type: 'running' } : ready;

/** The names of pods that came and went, in the order in which they did. */
async function watched(namespace: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  const watch = await cluster.server.watch(`/api/v1/namespaces/${namespace}/pods?watch=1`);
  const seen = new Set((await podsOf(namespace)).map(({ metadata }) => `ADDED ${metadata.name}`));
  await act();
  const events = await watch.events(1);
  await watch.stop();
  return events
    .filter(({ type }) => type !== 'MODIFIED')
    .map(({ type, object }) => `${type} ${String((object['metadata'] as { name?: string }).name)}`)
    .filter((line) => !seen.delete(line));
}

test('scaling goes pod by pod in order, and halts at one that is unhealthy', async () => {
  const namespace = await cluster.namespace();
  cluster.pods.decide(sick('ss-0'));
  await create(namespace, { replicas: 3 });
  await soon(async () => assert.deepEqual(await namesOf(namespace), ['ss-0']));
  const up = await watched(namespace, async () => {
    cluster.pods.decide(() => ready);
    await settled(namespace, 3);
  });
  assert.deepEqual(up, ['ADDED ss-1', 'ADDED ss-2']);
  cluster.pods.decide(sick('ss-0'));
  const down = await watched(namespace, async () => {
    await change(namespace, { replicas: 0 });
    cluster.pods.decide(() => ready);
    await settled(namespace, 0);
  });
  assert.deepEqual(down, ['DELETED ss-2', 'DELETED ss-1', 'DELETED ss-0']);
});

test('burst scaling goes to its end though pods are unhealthy', async () => {
  const namespace = await cluster.namespace();
  cluster.pods.decide(sick('ss-0', 'ss-1'));
  await create(namespace, { replicas: 3, podManagementPolicy: 'Parallel' });
  await soon(async () => assert.deepEqual(await namesOf(namespace), ['ss-0', 'ss-1', 'ss-2']));
  await change(namespace, { replicas: 5 });
  await soon(async () => assert.equal((await namesOf(namespace)).length, 5));
  await change(namespace, { replicas: 0 });
  await soon(async () => assert.deepEqual(await namesOf(namespace), []));
  cluster.pods.decide(() => ready);
});

test('a rolling update goes from the last pod to the first, and so does its rollback', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 3 });
  const first = await settled(namespace, 3);
  assert.equal(first.status.currentRevision, first.status.updateRevision);
  for (const image of ['v2', 'v1']) {
    const order = await watched(namespace, async () => {
      const changed = await change(namespace, { template: template(image) });
      await soon(async () => {
        assert.deepEqual(await imagesOf(namespace), [image, image, image]);
        const { status } = await settled(namespace, 3);
        assert.equal(status.currentRevision, status.updateRevision);
        assert.notEqual(status.updateRevision, changed.status.updateRevision);
      });
    });
    assert.deepEqual(
      order.filter((line) => line.startsWith('DELETED')),
      ['DELETED ss-2', 'DELETED ss-1', 'DELETED ss-0'],
    );
  }
  const last = await cluster.client.get(StatefulSets, { name, namespace });
  assert.equal(last.status.updateRevision, first.status.updateRevision);
});

test('a partition makes canaries, phases, and holds what is deleted at its revision', async () => {
  const namespace = await cluster.namespace();
  const partitioned = (partition: number) => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
  });
  await create(namespace, { replicas: 3, ...partitioned(3) });
  await settled(namespace, 3);
  await change(namespace, { template: template('v2') });
  await soon(async () => {
    const { status } = await settled(namespace, 3);
    assert.notEqual(status.currentRevision, status.updateRevision);
  });
  assert.deepEqual(await imagesOf(namespace), ['v1', 'v1', 'v1']);
  await change(namespace, partitioned(2));
  await soon(async () => assert.deepEqual(await imagesOf(namespace), ['v1', 'v1', 'v2']));
  await settled(namespace, 3);
  for (const pod of await podsOf(namespace)) await cluster.client.delete(Pods, pod.metadata);
  await soon(async () => assert.deepEqual(await imagesOf(namespace), ['v1', 'v1', 'v2']));
  await settled(namespace, 3);
  for (const [partition, images] of [
    [1, ['v1', 'v2', 'v2']],
    [0, ['v2', 'v2', 'v2']],
  ] as const) {
    await change(namespace, partitioned(partition));
    await soon(async () => assert.deepEqual(await imagesOf(namespace), images));
  }
  await soon(async () => {
    const { status } = await settled(namespace, 3);
    assert.equal(status.currentRevision, status.updateRevision);
  });
});

test('a pod that was evicted is made again', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 1 });
  await settled(namespace, 1);
  const first = (await podsOf(namespace))[0]?.metadata.uid;
  cluster.pods.decide(({ metadata }) => (metadata.uid === first ? { type: 'failed', exitCode: 1 } : ready));
  await soon(async () => {
    const [pod] = await podsOf(namespace);
    assert.notEqual(pod?.metadata.uid, first);
    assert.equal(pod?.metadata.name, 'ss-0');
  });
  await settled(namespace, 1);
});

test('StatefulSets are listed, patched, and deleted as a collection', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await create(namespace, { replicas: 1 });
  await settled(namespace, 1);
  const value = {
    metadata: { labels: { statefulset: 'patched' } },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } },
  };
  await client.patch(StatefulSets, { name, namespace }, { type: 'strategic', value: value as never });
  await settled(namespace, 2);
  await soon(async () => assert.deepEqual(await imagesOf(namespace), ['v2', 'v2']));
  assert.equal((await client.list(StatefulSets, { labelSelector: 'statefulset=patched' })).items.length, 1);
  await client.deleteCollection(StatefulSets, { namespace, labelSelector: 'statefulset=patched' });
  await soon(async () => assert.deepEqual(await namesOf(namespace), []));
  assert.deepEqual((await client.list(StatefulSets, { namespace })).items, []);
});
