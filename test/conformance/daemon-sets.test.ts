/** DaemonSets on a cluster with controllers: nodes that come, go and change labels, failed pods, updates and rollbacks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DaemonSet } from '../../src/api/groups/apps.v1.ts';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { ControllerRevisions, DaemonSets, Nodes, Pods } from '../../src/api/resources.ts';
import { ready } from './simulated-pods.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

const nodes = ['node-a', 'node-b', 'node-c'];
let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster(nodes);
});
after(() => cluster.close());

const name = 'agent';
const labels = { 'daemonset-name': name };

async function create(
  namespace: string,
  spec: { nodeSelector?: object; updateStrategy?: object } = {},
): Promise<DaemonSet> {
  const { nodeSelector = {}, ...rest } = spec;
  const pod = { containers: [{ name: 'app', image: 'v1' }], nodeSelector };
  return cluster.client.create(DaemonSets, {
    metadata: { name, namespace, labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod as never }, ...rest },
  });
}

const podsOf = async (namespace: string): Promise<readonly Pod[]> =>
  (await cluster.client.list(Pods, { namespace })).items.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
const nodesOf = async (namespace: string) => (await podsOf(namespace)).map(({ spec }) => spec.nodeName).toSorted();
const runsOn = (namespace: string, wanted: readonly string[]) =>
  soon(async () => {
    assert.deepEqual(await nodesOf(namespace), wanted);
    const { status } = await cluster.client.get(DaemonSets, { name, namespace });
    assert.deepEqual([status.desiredNumberScheduled, status.numberAvailable ?? 0], [wanted.length, wanted.length]);
  });
const setImage = (namespace: string, image: string) =>
  cluster.client.patch(
    DaemonSets,
    { name, namespace },
    { type: 'strategic', value: { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } } as never },
  );

test('a simple daemon runs on every node, and a pod that is deleted comes again', async () => {
  const namespace = await cluster.namespace();
  await create(namespace);
  await runsOn(namespace, nodes);
  const [pod] = await podsOf(namespace);
  assert.ok(pod);
  await cluster.client.delete(Pods, pod.metadata);
  await soon(async () => assert.equal(await cluster.client.find(Pods, pod.metadata), undefined));
  await runsOn(namespace, nodes);
});

test('a complex daemon follows the labels of nodes', async () => {
  const namespace = await cluster.namespace();
  const label = (color: string | null) =>
    cluster.client.patch(
      Nodes,
      { name: 'node-b' },
      { type: 'merge', value: { metadata: { labels: { color } } } as never },
    );
  await create(namespace, { nodeSelector: { color: 'blue' } });
  await runsOn(namespace, []);
  await label('blue');
  await runsOn(namespace, ['node-b']);
  await label('green');
  await runsOn(namespace, []);
  const value = { spec: { template: { spec: { nodeSelector: { color: 'green' } } } } };
  await cluster.client.patch(DaemonSets, { name, namespace }, { type: 'merge', value });
  await runsOn(namespace, ['node-b']);
  await label(null);
});

test('a daemon pod that failed is made again', async () => {
  const namespace = await cluster.namespace();
  await create(namespace);
  await runsOn(namespace, nodes);
  const [victim] = await podsOf(namespace);
  assert.ok(victim);
  const { uid } = victim.metadata;
  cluster.pods.decide(({ metadata }) => (metadata.uid === uid ? { type: 'failed', exitCode: 1 } : ready));
  await soon(async () => assert.notEqual((await cluster.client.find(Pods, victim.metadata))?.metadata.uid, uid));
  await runsOn(namespace, nodes);
  cluster.pods.decide(() => ready);
});

test('a change of the template updates all pods, and is kept as a revision', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { updateStrategy: { type: 'RollingUpdate' } });
  await runsOn(namespace, nodes);
  const revisions = async () =>
    (await cluster.client.list(ControllerRevisions, { namespace })).items.map(({ revision }) => revision).toSorted();
  assert.deepEqual(await revisions(), [1]);
  await setImage(namespace, 'v2');
  await soon(async () => {
    const pods = await podsOf(namespace);
    assert.deepEqual(
      pods.map(({ spec }) => spec.containers[0]?.image),
      ['v2', 'v2', 'v2'],
    );
  });
  await runsOn(namespace, nodes);
  assert.deepEqual(await revisions(), [1, 2]);
});

test('a rollback restarts no pod that was never updated', async () => {
  const namespace = await cluster.namespace();
  await create(namespace, { updateStrategy: { type: 'RollingUpdate' } });
  await runsOn(namespace, nodes);
  const uidsOf = async () => (await podsOf(namespace)).map(({ metadata }) => metadata.uid);
  const before = await uidsOf();
  cluster.pods.decide(({ spec }) => (spec.containers[0]?.image === 'broken' ? { type: 'running' } : ready));
  await setImage(namespace, 'broken');
  await soon(async () => {
    const pods = await podsOf(namespace);
    assert.equal(pods.filter(({ spec }) => spec.containers[0]?.image === 'broken').length, 1);
  });
  const kept = (await uidsOf()).filter((uid) => before.includes(uid));
  assert.equal(kept.length, 2);
  await setImage(namespace, 'v1');
  await runsOn(namespace, nodes);
  const after = await uidsOf();
  assert.ok(kept.every((uid) => after.includes(uid)));
  cluster.pods.decide(() => ready);
});

test('DaemonSets are listed and deleted as a collection, with their pods', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await create(namespace);
  await runsOn(namespace, nodes);
  const labelSelector = `daemonset-name=${name}`;
  assert.equal((await client.list(DaemonSets, { namespace, labelSelector })).items.length, 1);
  await client.deleteCollection(DaemonSets, { namespace, labelSelector });
  await soon(async () => assert.deepEqual(await podsOf(namespace), []));
  assert.deepEqual((await client.list(DaemonSets, { namespace })).items, []);
});
