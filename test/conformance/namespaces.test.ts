/** What a cluster with controllers gives a namespace, counts in it, and removes with it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ConfigMaps,
  Namespaces,
  PodDisruptionBudgets,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  ResourceQuotas,
  Secrets,
  Services,
} from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const labels = { app: 'web' };
const containers = [{ name: 'c', image: 'v1' }];
const ports = [{ port: 80 }];

test('all pods and Services go with their namespace, and do not come back with its name', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await client.create(Pods, { metadata: { name: 'p', namespace }, spec: { containers } });
  await client.create(Services, { metadata: { name: 's', namespace }, spec: { selector: labels, ports } });
  await client.delete(Namespaces, { name: namespace });
  await soon(async () => assert.equal(await client.find(Namespaces, { name: namespace }), undefined));
  await client.create(Namespaces, { metadata: { name: namespace } });
  assert.deepEqual((await client.list(Pods, { namespace })).items, []);
  assert.deepEqual((await client.list(Services, { namespace })).items, []);
});

test('pods go before everything else of their namespace', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const finalizers = ['example.com/hold'];
  const pod = await client.create(Pods, { metadata: { name: 'p', namespace, finalizers }, spec: { containers } });
  const data = await client.create(ConfigMaps, { metadata: { name: 'c', namespace } });
  await client.delete(Namespaces, { name: namespace });
  await soon(async () => {
    const { status } = await client.get(Namespaces, { name: namespace });
    const remaining = status.conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
    assert.match(remaining?.message ?? '', /pods\. has 1 resource instances/);
    assert.notEqual((await client.get(Pods, pod.metadata)).metadata.deletionTimestamp, undefined);
  });
  assert.equal((await client.get(ConfigMaps, data.metadata)).metadata.deletionTimestamp, undefined);
  await client.patch(Pods, pod.metadata, { type: 'merge', value: { metadata: { finalizers: null } } });
  await soon(async () => assert.equal(await client.find(Namespaces, { name: namespace }), undefined));
});

test('every namespace has the certificate of the cluster, also after it was deleted or changed', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { namespace, name: 'kube-root-ca.crt' };
  const holds = () => soon(async () => assert.deepEqual((await client.get(ConfigMaps, ref)).data, { 'ca.crt': 'PEM' }));
  await holds();
  await client.delete(ConfigMaps, ref);
  await holds();
  await client.patch(ConfigMaps, ref, { type: 'merge', value: { data: { 'ca.crt': null, other: 'x' } } });
  await holds();
});

test('a PodDisruptionBudget says how many pods may go, by numbers and by percentages', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const spec = { minAvailable: 1, selector: { matchLabels: labels } };
  await client.create(PodDisruptionBudgets, { metadata: { name: 'b', namespace }, spec });
  const status = async () => (await client.get(PodDisruptionBudgets, { name: 'b', namespace })).status;
  await soon(async () => assert.equal((await status()).observedGeneration, 1));
  for (const name of ['p1', 'p2', 'p3']) {
    await client.create(Pods, { metadata: { name, namespace, labels }, spec: { containers } });
  }
  await soon(async () => {
    const { currentHealthy, disruptionsAllowed, expectedPods } = await status();
    assert.deepEqual([currentHealthy, disruptionsAllowed, expectedPods], [3, 2, 3]);
  });
});

type Used = Readonly<Record<string, string>>;

async function quota(namespace: string, spec: object): Promise<(wanted: Used) => Promise<void>> {
  const { client } = cluster;
  const { metadata } = await client.create(ResourceQuotas, { metadata: { generateName: 'q-', namespace }, spec });
  return (wanted) =>
    soon(async () => {
      const { used = {} } = (await client.get(ResourceQuotas, metadata)).status;
      assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((key) => [key, used[key]])), wanted);
    });
}

test('a ResourceQuota is counted as soon as it is made', async () => {
  const namespace = await cluster.namespace();
  const uses = await quota(namespace, { hard: { pods: '5', services: '10', 'count/replicasets.apps': '5' } });
  await uses({ pods: '0', services: '0', 'count/replicasets.apps': '0' });
});

test('a ResourceQuota follows the life of Services, Secrets, ConfigMaps, ReplicationControllers and ReplicaSets', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const base = (await client.list(ConfigMaps, { namespace })).items.length;
  const hard = {
    services: '10',
    'services.nodeports': '1',
    'services.loadbalancers': '1',
    secrets: '10',
    configmaps: '10',
    replicationcontrollers: '10',
    'count/replicasets.apps': '5',
  };
  const uses = await quota(namespace, { hard });
  const none = {
    services: '0',
    'services.nodeports': '0',
    'services.loadbalancers': '0',
    secrets: '0',
    configmaps: String(base),
    replicationcontrollers: '0',
    'count/replicasets.apps': '0',
  };
  await uses(none);
  const meta = (name: string) => ({ metadata: { name, namespace } });
  const template = { metadata: { labels }, spec: { containers } };
  await client.create(Services, { ...meta('cluster'), spec: { ports, selector: labels } });
  await client.create(Services, { ...meta('node'), spec: { type: 'NodePort', ports, selector: labels } });
  await assert.rejects(
    client.create(Services, { ...meta('more'), spec: { type: 'NodePort', ports, selector: labels } }),
    /exceeded quota/,
  );
  await client.create(Secrets, meta('s'));
  await client.create(ConfigMaps, meta('c'));
  await client.create(ReplicationControllers, { ...meta('rc'), spec: { replicas: 0, selector: labels, template } });
  await client.create(ReplicaSets, {
    ...meta('rs'),
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  });
  await uses({
    services: '2',
    'services.nodeports': '1',
    'services.loadbalancers': '0',
    secrets: '1',
    configmaps: String(base + 1),
    replicationcontrollers: '1',
    'count/replicasets.apps': '1',
  });
  for (const name of ['cluster', 'node']) await client.delete(Services, { name, namespace });
  await client.delete(Secrets, { name: 's', namespace });
  await client.delete(ConfigMaps, { name: 'c', namespace });
  await client.delete(ReplicationControllers, { name: 'rc', namespace });
  await client.delete(ReplicaSets, { name: 'rs', namespace });
  await uses(none);
});

const pod = (name: string, namespace: string, requests: Used, spec: object = {}) => ({
  metadata: { name, namespace },
  spec: { containers: [{ name: 'c', image: 'v1', resources: { requests, limits: requests } }], ...spec },
});

test('a ResourceQuota follows the life of a pod, and holds back one that is too large', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const uses = await quota(namespace, { hard: { pods: '5', cpu: '1', memory: '500Mi' } });
  await uses({ pods: '0', cpu: '0', memory: '0' });
  await client.create(Pods, pod('fits', namespace, { cpu: '500m', memory: '252Mi' }));
  await uses({ pods: '1', cpu: '500m', memory: '252Mi' });
  await assert.rejects(
    client.create(Pods, pod('large', namespace, { cpu: '600m', memory: '100Mi' })),
    /exceeded quota/,
  );
  const value = { metadata: { labels: { a: 'b' } } };
  await client.patch(Pods, { name: 'fits', namespace }, { type: 'merge', value });
  await uses({ pods: '1', cpu: '500m', memory: '252Mi' });
  await client.delete(Pods, { name: 'fits', namespace });
  await uses({ pods: '0', cpu: '0', memory: '0' });
});

test('quotas with scopes count pods of their kind alone: best effort or not, terminating or not', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const scoped = (scope: string) => quota(namespace, { hard: { pods: '5' }, scopes: [scope] });
  const uses = {
    bestEffort: await scoped('BestEffort'),
    notBestEffort: await scoped('NotBestEffort'),
    terminating: await scoped('Terminating'),
    notTerminating: await scoped('NotTerminating'),
  };
  const expected = async (counts: readonly number[]): Promise<void> => {
    for (const [i, of] of Object.values(uses).entries()) await of({ pods: String(counts[i]) });
  };
  await expected([0, 0, 0, 0]);
  await client.create(Pods, pod('best', namespace, {}));
  await expected([1, 0, 0, 1]);
  await client.create(Pods, pod('sized', namespace, { cpu: '500m', memory: '1Mi' }, { activeDeadlineSeconds: 3600 }));
  await expected([1, 1, 1, 1]);
  for (const name of ['best', 'sized']) await client.delete(Pods, { name, namespace });
  await expected([0, 0, 0, 0]);
});
