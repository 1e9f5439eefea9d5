import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ResourceRequirements } from '../../api/groups/core.v1.ts';
import { admitPod } from '../pods/admit.ts';
import { podAmounts } from '../pods/pod-amounts.ts';
import { linuxResources } from './resources.ts';

function pod(
  resources: readonly ResourceRequirements[],
  inits: readonly (ResourceRequirements & { sidecar?: boolean })[] = [],
): Pod {
  const metadata = {
    name: 'p',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  const containers = resources.map((each, i) => ({ name: `c${i}`, resources: each }));
  const initContainers = inits.map(({ sidecar, ...each }, i) => ({
    name: `i${i}`,
    resources: each,
    ...(sidecar === true ? { restartPolicy: 'Always' } : {}),
  }));
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, initContainers }, status: {} };
}

const both = (cpu: string, memory: string): ResourceRequirements => ({
  limits: { cpu, memory },
  requests: { cpu, memory },
});

test('linuxResources() speaks the language of the kernel', () => {
  const burstable = { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1500m' } };
  assert.deepEqual(linuxResources(pod([burstable]), burstable, 4 * 1024 ** 3), {
    cpuShares: 256,
    cpuPeriodMicroseconds: 100_000,
    cpuQuotaMicroseconds: 150_000,
    oomScoreAdjust: 750,
  });
  assert.deepEqual(linuxResources(pod([{}]), {}, 4 * 1024 ** 3), { cpuShares: 2, oomScoreAdjust: 1000 });
  assert.equal(linuxResources(pod([both('1', '1Gi')]), both('1', '1Gi'), 4 * 1024 ** 3).oomScoreAdjust, -997);
});

test('podAmounts() counts init containers one at a time, beside their sidecars', () => {
  const inits = [{ requests: { cpu: '3' } }, { requests: { cpu: '1' }, sidecar: true }, { requests: { cpu: '4' } }];
  assert.deepEqual(podAmounts(pod([{ requests: { cpu: '2' } }], inits)).requests, { cpu: '5' });
  assert.deepEqual(podAmounts(pod([both('1', '1Gi'), { limits: { cpu: '1' } }])).limits, { cpu: '2' });
});

test('admitPod() refuses what does not fit beside the others', () => {
  const allocatable = { cpu: '2', memory: '1Gi' };
  const half = pod([{ requests: { cpu: '1500m' } }]);
  assert.equal(admitPod(half, [], allocatable, 10), undefined);
  assert.deepEqual(admitPod(half, [half], allocatable, 10), {
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 1500, capacity: 2000",
  });
  assert.equal(admitPod(half, [{ ...half, status: { phase: 'Succeeded' } }], allocatable, 10), undefined);
  assert.equal(admitPod(pod([{}]), [half], allocatable, 1)?.reason, 'OutOfpods');
});
