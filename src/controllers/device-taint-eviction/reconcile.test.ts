import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceTaint, DeviceToleration, ResourceClaim, ResourceSlice } from '../../api/groups/resource.v1.ts';
import { Pods, ResourceClaims, ResourceSlices } from '../../api/resources.ts';
import { metadata, pod, startTime } from '../testing/objects.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { givesUpAtMs } from './plan.ts';
import { deviceTaintEvictionController } from './reconcile.ts';

function slice(taints: readonly DeviceTaint[], generation = 1, name = 's'): ResourceSlice {
  const { namespace: _, ...own } = metadata(name);
  const pool = { name: 'p', generation, resourceSliceCount: 1 };
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: own,
    spec: { driver: 'd', pool, allNodes: true, devices: [{ name: 'x', taints }, { name: 'y' }] },
  };
}

function claim(tolerations: readonly DeviceToleration[] = [], user = 'uid'): ResourceClaim {
  const results = [{ request: 'gpu', driver: 'd', pool: 'p', device: 'x', tolerations }];
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: metadata('c'),
    spec: { devices: { requests: [] } },
    status: { allocation: { devices: { results } }, reservedFor: [{ resource: 'pods', name: 'a', uid: user }] },
  };
}

const broken: DeviceTaint = { key: 'broken', effect: 'NoExecute', timeAdded: startTime };

async function usedBy({ api }: TestCluster, tolerations: readonly DeviceToleration[]): Promise<void> {
  const resourceClaims = [{ name: 'gpu', resourceClaimName: 'c' }];
  const { metadata: made } = await api.create(Pods, pod('a', { node: 'n', spec: { resourceClaims } }));
  const wanted = claim(tolerations, made.uid);
  const created = await api.create(ResourceClaims, wanted);
  await api.updateStatus(ResourceClaims, { ...created, status: wanted.status });
}

const leaving = ({ api }: TestCluster) => api.all(Pods)[0]?.metadata.deletionTimestamp !== undefined;

test('deviceTaintEvictionController evicts the pod whose device is tainted', async () => {
  await runCluster([deviceTaintEvictionController], async (cluster) => {
    const { api, quiet, events } = cluster;
    await usedBy(cluster, []);
    await api.create(ResourceSlices, slice([{ ...broken, effect: 'NoSchedule' }]));
    await quiet();
    assert.equal(leaving(cluster), false);
    const stored = await api.get(ResourceSlices, { name: 's' });
    await api.update(ResourceSlices, { ...stored, spec: slice([broken]).spec });
    await quiet();
    assert.equal(leaving(cluster), true);
    assert.deepEqual(events, ['DeviceTaintManagerEviction Marking for deletion']);
    const condition = api.all(Pods)[0]?.status.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.equal(condition?.reason, 'DeletionByDeviceTaintManager');
    assert.equal(condition?.message, 'Device Taint manager: deleting due to NoExecute taint');
  });
});

test('deviceTaintEvictionController gives the time that is tolerated, and lets the pod be when the taint goes', async () => {
  await runCluster([deviceTaintEvictionController], async (cluster) => {
    const { api, clock, quiet, events } = cluster;
    const timeAdded = new Date(clock.now()).toISOString();
    await usedBy(cluster, [{ key: 'broken', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }]);
    await api.create(ResourceSlices, slice([{ ...broken, timeAdded }]));
    await quiet();
    assert.equal(leaving(cluster), false);
    const stored = await api.get(ResourceSlices, { name: 's' });
    await api.update(ResourceSlices, { ...stored, spec: slice([]).spec });
    clock.advance(30_000);
    await quiet();
    assert.deepEqual(events, ['DeviceTaintManagerEviction Cancelling deletion']);
    clock.advance(60_000);
    await quiet();
    assert.equal(leaving(cluster), false);
  });
});

test('givesUpAtMs() reads the newest generation of a pool and the tolerations of the allocation', () => {
  const old = slice([broken], 1, 'old');
  assert.equal(
    givesUpAtMs(claim(), () => [old]),
    0,
  );
  assert.equal(
    givesUpAtMs(claim(), () => [old, slice([], 2)]),
    undefined,
  );
  assert.equal(
    givesUpAtMs(claim([{ key: 'broken', operator: 'Exists' }]), () => [old]),
    undefined,
  );
  assert.equal(
    givesUpAtMs(claim([{ key: 'broken', operator: 'Exists', tolerationSeconds: 5 }]), () => [old]),
    Date.parse(startTime) + 5000,
  );
  assert.equal(
    givesUpAtMs(claim(), () => []),
    undefined,
  );
});
