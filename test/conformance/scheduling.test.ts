/** What the suite asks of the scheduler: predicates and preemption, by the real scheduler on nodes whose pods are simulated. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Pod } from '../../src/api/groups/core.v1.ts';
import { Nodes, Pods, PriorityClasses, ReplicaSets } from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

type NewPod = NonNullable<(typeof Pods.kind)['input']>;
type Spec = Partial<NonNullable<NewPod['spec']>>;

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster(['node-a', 'node-b'], {
    allocatable: { cpu: '2', memory: '4Gi', pods: '50', 'example.com/fake': '5' },
  });
  const values = { p1: 1, p2: 2, p3: 3, p4: 4 };
  for (const [name, value] of Object.entries(values)) {
    await cluster.client.create(PriorityClasses, { metadata: { name }, value });
  }
});
after(() => cluster.close());

const using = (resources: Readonly<Record<string, string>>) => [
  { name: 'c', image: 'i', resources: { requests: resources, limits: resources } },
];

async function make(namespace: string, name: string, spec: Spec = {}, finalizers: readonly string[] = []) {
  const { client } = cluster;
  const containers = [{ name: 'c', image: 'i' }];
  return client.create(Pods, { metadata: { name, namespace, finalizers }, spec: { containers, ...spec } });
}

const nodeOf = (namespace: string, name: string): Promise<string> =>
  soon(async () => {
    const { nodeName } = (await cluster.client.get(Pods, { namespace, name })).spec;
    assert.ok(nodeName);
    return nodeName;
  });

const refused = (namespace: string, name: string): Promise<string> =>
  soon(async () => {
    const pod = await cluster.client.get(Pods, { namespace, name });
    const condition = pod.status.conditions?.find((one) => one.type === 'PodScheduled');
    assert.equal(condition?.reason, 'Unschedulable');
    assert.equal(pod.spec.nodeName, undefined);
    return condition.message ?? '';
  });

async function clear(namespace: string): Promise<void> {
  await cluster.client.deleteCollection(Pods, { namespace });
  await soon(async () => assert.deepEqual((await cluster.client.list(Pods, { namespace })).items, []));
}

test('pods fill nodes up to what they have, and one more fits nowhere', async () => {
  const namespace = await cluster.namespace();
  for (const name of ['a', 'b']) {
    await make(namespace, name, { containers: using({ cpu: '1500m' }) });
    await nodeOf(namespace, name);
  }
  assert.notEqual(await nodeOf(namespace, 'a'), await nodeOf(namespace, 'b'));
  await make(namespace, 'more', { containers: using({ cpu: '700m' }) });
  assert.match(await refused(namespace, 'more'), /^0\/2 nodes are available: 2 Insufficient cpu\./);
  await clear(namespace);
});

test('a node selector is respected, whether or not a node matches it', async () => {
  const namespace = await cluster.namespace();
  const { client } = cluster;
  await make(namespace, 'nowhere', { nodeSelector: { label: 'nonempty' } });
  assert.match(
    await refused(namespace, 'nowhere'),
    /^0\/2 nodes are available: 2 node\(s\) didn't match Pod's node affinity\/selector\./,
  );
  const value = { metadata: { labels: { 'example.com/e2e': '42' } } };
  await client.patch(Nodes, { name: 'node-b' }, { type: 'merge', value });
  await make(namespace, 'there', { nodeSelector: { 'example.com/e2e': '42' } });
  assert.equal(await nodeOf(namespace, 'there'), 'node-b');
  await clear(namespace);
});

test('host ports of one protocol conflict when one of the pods takes all addresses', async () => {
  const namespace = await cluster.namespace();
  const nodeSelector = { 'kubernetes.io/hostname': 'node-a' };
  const value = { metadata: { labels: nodeSelector } };
  await cluster.client.patch(Nodes, { name: 'node-a' }, { type: 'merge', value });
  const taking = (hostIP: string, protocol = 'TCP'): Spec => ({
    nodeSelector,
    containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 54_322, hostIP, protocol }] }],
  });
  await make(namespace, 'all', taking('0.0.0.0'));
  assert.equal(await nodeOf(namespace, 'all'), 'node-a');
  await make(namespace, 'one', taking('127.0.0.1'));
  assert.match(await refused(namespace, 'one'), /1 node\(s\) didn't have free ports for the requested pod ports/);
  await make(namespace, 'udp', taking('127.0.0.1', 'UDP'));
  assert.equal(await nodeOf(namespace, 'udp'), 'node-a');
  await clear(namespace);
});

for (const priorityClassName of ['p4', 'system-cluster-critical']) {
  test(`a pod of class ${priorityClassName} takes the place of the least important one`, async () => {
    const own = await cluster.namespace();
    const containers = using({ 'example.com/fake': '3' });
    const urgent = priorityClassName === 'p4' ? own : 'kube-system';
    for (const [name, of] of [
      ['low', 'p1'],
      ['middle', 'p2'],
    ] as const) {
      await make(own, name, { containers, priorityClassName: of });
      await nodeOf(own, name);
    }
    const left = await nodeOf(own, 'low');
    await make(urgent, 'urgent', { containers, priorityClassName });
    assert.equal(await nodeOf(urgent, 'urgent'), left);
    await soon(async () => assert.equal(await cluster.client.find(Pods, { namespace: own, name: 'low' }), undefined));
    assert.ok(await cluster.client.find(Pods, { namespace: own, name: 'middle' }));
    await cluster.client.delete(Pods, { namespace: urgent, name: 'urgent' });
    await clear(own);
  });
}

test('a pod that is sent away says so in a condition', async () => {
  const namespace = await cluster.namespace();
  const nodeSelector = { 'example.com/e2e': '42' };
  const containers = using({ 'example.com/fake': '5' });
  const victim = { containers, nodeSelector, priorityClassName: 'p1' };
  await make(namespace, 'victim', victim, ['example.com/test-finalizer']);
  await nodeOf(namespace, 'victim');
  await make(namespace, 'high', { containers, nodeSelector, priorityClassName: 'p4' });
  const pod: Pod = await soon(async () => {
    const found = await cluster.client.get(Pods, { namespace, name: 'victim' });
    assert.ok(found.metadata.deletionTimestamp);
    return found;
  });
  const condition = pod.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
  assert.deepEqual([condition?.status, condition?.reason], ['True', 'PreemptionByScheduler']);
  const value = { metadata: { finalizers: null } };
  await cluster.client.patch(Pods, { namespace, name: 'victim' }, { type: 'merge', value });
  await nodeOf(namespace, 'high');
  await clear(namespace);
});

test('replica sets of four priorities make room from the bottom', async () => {
  const namespace = await cluster.namespace();
  const { client } = cluster;
  const nodeSelector = { 'example.com/e2e': '42' };
  const run = (level: number, replicas: number, fake: string) => {
    const labels = { level: String(level) };
    const spec = { nodeSelector, priorityClassName: `p${level}`, containers: using({ 'example.com/fake': fake }) };
    const template = { metadata: { labels }, spec };
    const metadata = { name: `rs-${level}`, namespace };
    return client.create(ReplicaSets, { metadata, spec: { replicas, selector: { matchLabels: labels }, template } });
  };
  const placed = async (): Promise<readonly number[]> => {
    const { items } = await client.list(Pods, { namespace });
    const there = items.filter(({ metadata, spec }) => spec.nodeName && metadata.deletionTimestamp === undefined);
    return [1, 2, 3, 4].map(
      (level) => there.filter(({ metadata }) => metadata.labels?.['level'] === String(level)).length,
    );
  };
  await run(1, 2, '1');
  await run(2, 1, '1');
  await run(3, 1, '1');
  await soon(async () => assert.deepEqual(await placed(), [2, 1, 1, 0]));
  await run(4, 1, '4');
  await soon(async () => assert.deepEqual(await placed(), [0, 0, 1, 1]));
});
