import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim, Pod, Service } from '../groups/core.v1.ts';
import type { KubeObject } from '../kind.ts';
import { formatQuantity } from '../quantity.ts';
import type { AnyResource } from '../resource.ts';
import { Deployments, PersistentVolumeClaims, Pods, Secrets, Services } from '../resources.ts';
import { countsTowards, quotaUsage } from './quota-usage.ts';

const nowMs = Date.UTC(2026, 0, 1);
const metadata = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

function usage(resource: AnyResource, object: KubeObject): Readonly<Record<string, string>> {
  const entries = Object.entries(quotaUsage(resource, object, nowMs));
  return Object.fromEntries(entries.map(([name, amount]) => [name, formatQuantity(amount)]));
}

const container = (requests: Readonly<Record<string, string>>, limits: Readonly<Record<string, string>> = {}) => ({
  name: 'c',
  resources: { requests, limits },
});

function pod(spec: Partial<Pod['spec']>, status: Pod['status'] = { phase: 'Running' }, meta: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, ...meta },
    spec: { containers: [], ...spec },
    status,
  };
}

test('quotaUsage() counts any object by its resource, and old kinds by their plural name too', () => {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata };
  assert.deepEqual(usage(Secrets, object), { 'count/secrets': '1', secrets: '1' });
  assert.deepEqual(usage(Deployments, object), { 'count/deployments.apps': '1' });
});

test('quotaUsage() adds up what runs at once in a pod, or takes the hungriest step of its initialisation', () => {
  const spec = {
    containers: [container({ cpu: '100m', memory: '64Mi' }, { cpu: '1' }), container({ cpu: '250m' }, { cpu: '2' })],
    initContainers: [container({ memory: '1Gi', 'example.com/gpu': '2' })],
    overhead: { cpu: '50m', memory: '16Mi' },
  };
  assert.deepEqual(usage(Pods, pod(spec)), {
    'count/pods': '1',
    pods: '1',
    cpu: '400m',
    'requests.cpu': '400m',
    memory: '1040Mi',
    'requests.memory': '1040Mi',
    'requests.example.com/gpu': '2',
    'limits.cpu': '3050m',
  });
});

test('quotaUsage() takes what a pod says for itself before what its containers say', () => {
  const spec = {
    containers: [container({ cpu: '100m' })],
    resources: { requests: { cpu: '2' }, limits: { memory: '1Gi' } },
  };
  const { 'count/pods': _, pods: __, ...rest } = usage(Pods, pod(spec));
  assert.deepEqual(rest, { cpu: '2', 'requests.cpu': '2', 'limits.memory': '1Gi' });
});

test('quotaUsage() no longer charges for pods that have finished or should be gone', () => {
  const spec = { containers: [container({ cpu: '100m' })] };
  const going = { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 30 };
  assert.deepEqual(usage(Pods, pod(spec, { phase: 'Succeeded' })), { 'count/pods': '1' });
  assert.deepEqual(usage(Pods, pod(spec, { phase: 'Running' }, going)), { 'count/pods': '1' });
  const waiting = { ...going, deletionGracePeriodSeconds: 3600 };
  assert.equal(usage(Pods, pod(spec, { phase: 'Running' }, waiting))['pods'], '1');
});

test('quotaUsage() counts the node ports and load balancers of services', () => {
  const ports = [
    { port: 80, targetPort: 80, nodePort: 30080 },
    { port: 81, targetPort: 81 },
  ];
  const of = (spec: Partial<Service['spec']>) => {
    const object: Service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports, ...spec },
      status: { loadBalancer: {} },
    };
    const used = usage(Services, object);
    return [used['services'], used['services.nodeports'], used['services.loadbalancers']];
  };
  assert.deepEqual(of({ type: 'ClusterIP' }), ['1', '0', '0']);
  assert.deepEqual(of({ type: 'NodePort' }), ['1', '2', '0']);
  assert.deepEqual(of({ type: 'LoadBalancer' }), ['1', '2', '1']);
  assert.deepEqual(of({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }), ['1', '1', '1']);
});

test('quotaUsage() counts claims and their size, also by storage class', () => {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
    status: {},
  };
  const name = 'fast.storageclass.storage.k8s.io';
  assert.deepEqual(usage(PersistentVolumeClaims, claim), {
    'count/persistentvolumeclaims': '1',
    persistentvolumeclaims: '1',
    'requests.storage': '1Gi',
    [`${name}/persistentvolumeclaims`]: '1',
    [`${name}/requests.storage`]: '1Gi',
  });
  const shrunk = { ...claim, status: { allocatedResources: { storage: '5Gi' } } };
  assert.equal(usage(PersistentVolumeClaims, shrunk)['requests.storage'], '5Gi');
});

test('countsTowards() knows which resource a name of a quota is about', () => {
  const table: readonly (readonly [string, AnyResource])[] = [
    ['limits.memory', Pods],
    ['requests.example.com/gpu', Pods],
    ['requests.hugepages-2Mi', Pods],
    ['count/pods', Pods],
    ['services.nodeports', Services],
    ['fast.storageclass.storage.k8s.io/requests.storage', PersistentVolumeClaims],
    ['count/deployments.apps', Deployments],
    ['secrets', Secrets],
  ];
  for (const [name, resource] of table) {
    const found = [Pods, Services, PersistentVolumeClaims, Deployments, Secrets].filter((one) =>
      countsTowards(one, name),
    );
    assert.deepEqual(found, [resource], name);
  }
  assert.equal(countsTowards(Pods, 'limits.example.com/gpu'), false);
});
