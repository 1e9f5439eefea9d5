import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ResourceQuota } from '../../../api/groups/core.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { Pods, Services } from '../../../api/resources.ts';
import { charge, obstacle } from './charge.ts';

const meta = { name: 'q', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

function quota(hard: Record<string, string>, used: Record<string, string>, scopes?: readonly string[]): ResourceQuota {
  const spec = scopes === undefined ? { hard } : { hard, scopes };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta, spec, status: { hard, used } };
}

function pod(resources: object): KubeObject {
  const spec = { containers: [{ name: 'c', resources }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: meta, spec, status: {} } as unknown as Pod;
}

const create = (object: KubeObject) => ({ object, old: undefined, resource: Pods, nowMs: 0 });

test('charge() adds what a pod asks for, and nothing to a quota that is not about it', () => {
  const cpu = quota({ 'limits.cpu': '2', pods: '3' }, { 'limits.cpu': '500m', pods: '1' });
  const write = create(pod({ limits: { cpu: '1' } }));
  assert.deepEqual(charge(cpu, write), { ok: true, used: { 'limits.cpu': '1500m', pods: '2' } });
  for (const other of [
    quota({ secrets: '1' }, { secrets: '1' }),
    quota({ pods: '0' }, { pods: '0' }, ['BestEffort']),
  ]) {
    assert.deepEqual(charge(other, write), { ok: true, used: undefined });
  }
});

test('charge() refuses with what was asked, used and allowed', () => {
  const full = quota({ pods: '1', 'requests.memory': '1Gi' }, { pods: '1', 'requests.memory': '512Mi' });
  assert.deepEqual(charge(full, create(pod({ requests: { memory: '1Gi' } }))), {
    ok: false,
    why:
      'exceeded quota: q, requested: pods=1,requests.memory=1Gi, used: pods=1,requests.memory=512Mi, ' +
      'limited: pods=1,requests.memory=1Gi',
  });
});

test('obstacle() tells what a quota needs to count, and nothing of one that is not about the object', () => {
  const memory = quota({ 'requests.memory': '1Gi' }, {});
  assert.equal(obstacle(memory, create(pod({}))), 'failed quota: q: must specify requests.memory for: c');
  const unknown = quota({ pods: '1' }, {});
  assert.equal(obstacle(unknown, create(pod({}))), 'status unknown for quota: q, resources: pods');
  assert.equal(obstacle(quota({ pods: '1' }, { pods: '1' }), create(pod({}))), undefined);
  assert.equal(obstacle(quota({ secrets: '1' }, {}), create(pod({}))), undefined);
});

test('charge() counts of an update only what it takes more', () => {
  const service = (type: string, count: number): KubeObject => {
    const ports = Array.from({ length: count }, (_, index) => ({ port: index + 1 }));
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { type, ports },
      status: {},
    } as unknown as KubeObject;
  };
  const bound = quota({ services: '1', 'services.nodeports': '3' }, { services: '1', 'services.nodeports': '1' });
  const update = (to: KubeObject) => ({ object: to, old: service('NodePort', 1), resource: Services, nowMs: 0 });
  assert.deepEqual(charge(bound, update(service('NodePort', 3))), {
    ok: true,
    used: { services: '1', 'services.nodeports': '3' },
  });
  assert.deepEqual(charge(bound, update(service('ClusterIP', 3))), { ok: true, used: undefined });
  assert.equal(charge(bound, update(service('NodePort', 4))).ok, false);
});
