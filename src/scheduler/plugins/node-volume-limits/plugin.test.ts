import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCluster, testNode, testPod, type TestCluster } from '../../test-objects.ts';
import { fixedStorage, testClaim, testClass, testVolume, usingClaims, type TestStorage } from '../../test-volumes.ts';
import { Volumes } from '../../volumes.ts';

const driver = 'disks.example.com';

function clusterWithLimit(count: number, more: TestStorage = {}): TestCluster {
  const cluster = testCluster([testNode('a')]);
  const names = ['one', 'two', 'three'];
  const metadata = { name: 'a', uid: 'n', resourceVersion: '1', creationTimestamp: '' };
  const csiNode = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata,
    spec: { drivers: [{ name: driver, nodeID: 'a', topologyKeys: [], allocatable: { count } }] },
  };
  const storage: TestStorage = {
    claims: [...names.map((name) => testClaim(name, { volumeName: name })), testClaim('new')],
    volumes: names.map((name) => testVolume(name, { csi: { driver, volumeHandle: name } })),
    classes: [testClass('fast')],
    csiNodes: [csiNode],
    ...more,
  };
  cluster.table.volumes = new Volumes(fixedStorage(storage));
  return cluster;
}

function fits(cluster: TestCluster, ...claims: readonly string[]): boolean {
  const decision = cluster.decide(testPod('pod', usingClaims(...claims)));
  if (decision.type === 'fits') return true;
  assert.match(decision.message, /: 1 node\(s\) exceed max volume count\./);
  return false;
}

test('preFilter() refuses nodes whose driver can attach no more', () => {
  const cluster = clusterWithLimit(2);
  assert.equal(fits(cluster, 'one', 'two'), true);
  assert.equal(fits(cluster, 'one', 'two', 'three'), false);
  cluster.place(testPod('other', usingClaims('one', 'two')), 'a');
  assert.equal(fits(cluster, 'three'), false);
  assert.equal(fits(cluster, 'one'), true, 'a volume that is attached already takes no more room');
});

test('preFilter() counts volumes that are still to be made', () => {
  const cluster = clusterWithLimit(1);
  assert.equal(fits(cluster, 'new'), true);
  cluster.place(testPod('other', usingClaims('one')), 'a');
  assert.equal(fits(cluster, 'new'), false);
});

test('preFilter() counts volumes that are attached without a pod', () => {
  const attachment = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: 'x', uid: 'x', resourceVersion: '1', creationTimestamp: '' },
    spec: { attacher: driver, nodeName: 'a', source: { persistentVolumeName: 'three' } },
    status: { attached: true },
  };
  assert.equal(fits(clusterWithLimit(1, { attachments: [attachment] }), 'one'), false);
});
