import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { fixedStorage, testClaim, testClass, testVolume, usingClaims, type TestStorage } from '../../test-volumes.ts';
import { Volumes } from '../../volumes.ts';

/** The node that a pod with these claims gets on the nodes a and b, or why it gets none. */
function outcome(storage: TestStorage, ...claims: readonly string[]): string {
  const cluster = testCluster([testNode('a'), testNode('b', { labels: { disk: 'ssd' } })]);
  cluster.table.volumes = new Volumes(fixedStorage(storage));
  const decision = cluster.decide(testPod('pod', usingClaims(...claims)));
  return decision.type === 'fits' ? decision.nodeName : decision.message.replace(/ no new claims.*$/, '');
}

const available = '0/2 nodes are available:';
const waiting = testClass('fast');

test('preFilter() keeps a pod where its volume is', () => {
  const storage = { claims: [testClaim('data', { volumeName: 'disk' })], volumes: [testVolume('disk', { node: 'b' })] };
  assert.equal(outcome(storage, 'data'), 'b');
});

test('preFilter() says what is wrong with a claim', () => {
  const bound = { volumeName: 'disk' };
  const cases: readonly (readonly [TestStorage, string])[] = [
    [{}, 'persistentvolumeclaim "data" not found. not found'],
    [{ claims: [testClaim('data')] }, 'pod has unbound immediate PersistentVolumeClaims. not found'],
    [
      { claims: [testClaim('data', { ...bound, deletionTimestamp: 'now' })] },
      'persistentvolumeclaim "data" is being deleted. not found',
    ],
    [
      { claims: [testClaim('data', { ...bound, phase: 'Lost' })] },
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "disk". not found',
    ],
    [{ claims: [testClaim('data', bound)] }, 'persistentvolume "disk" not found. not found'],
  ];
  for (const [storage, expected] of cases) assert.equal(outcome(storage, 'data'), `${available} ${expected}`);
});

test('preFilter() waits for the claim of an ephemeral volume, and takes none of another pod', () => {
  const cluster = testCluster([testNode('a')]);
  const volumes = [{ name: 'v', ephemeral: { volumeClaimTemplate: { metadata: {}, spec: { resources: {} } } } }];
  const message = (storage: TestStorage): string => {
    cluster.table.volumes = new Volumes(fixedStorage(storage));
    const decision = cluster.decide(testPod('pod', { volumes }));
    return decision.type === 'fits' ? decision.nodeName : decision.message;
  };
  assert.match(message({}), /waiting for ephemeral volume controller to create the persistentvolumeclaim "pod-v"\./);
  assert.match(message({ claims: [testClaim('pod-v')] }), /was not created for pod default\/pod \(pod is not owner\)/);
});

test('filter takes nodes that have a volume for a waiting claim, the smallest that suits', () => {
  const volumes = [testVolume('small', { size: '500Mi', node: 'a' }), testVolume('right', { size: '2Gi', node: 'b' })];
  const classes = [testClass('fast', { provisioner: 'kubernetes.io/no-provisioner' })];
  assert.equal(outcome({ claims: [testClaim('data')], volumes, classes }, 'data'), 'b');
  const two = { claims: [testClaim('data'), testClaim('more')], volumes, classes };
  assert.equal(
    outcome(two, 'data', 'more'),
    `${available} 2 node(s) didn't find available persistent volumes to bind.`,
  );
});

test('filter passes over volumes that do not suit a waiting claim', () => {
  const classes = [testClass('fast', { provisioner: 'kubernetes.io/no-provisioner' })];
  const unsuited = [
    testVolume('v', { accessModes: ['ReadOnlyMany'] }),
    testVolume('v', { storageClassName: 'slow' }),
    testVolume('v', { phase: 'Released' }),
    testVolume('v', { claimRef: { namespace: 'default', name: 'other' } }),
    testVolume('v', { size: '1Mi' }),
  ];
  for (const volume of unsuited) {
    const storage = { claims: [testClaim('data')], volumes: [volume], classes };
    assert.match(outcome(storage, 'data'), /didn't find available persistent volumes to bind/, JSON.stringify(volume));
  }
  const meant = testVolume('v', { phase: 'Pending', node: 'b', claimRef: { namespace: 'default', name: 'data' } });
  assert.equal(outcome({ claims: [testClaim('data')], volumes: [meant], classes }, 'data'), 'b');
});

test('filter provisions where the class and the capacity of its driver allow', () => {
  const claims = [testClaim('data', { size: '10Gi' })];
  const ssd = [{ matchLabelExpressions: [{ key: 'disk', values: ['ssd'] }] }];
  assert.equal(outcome({ claims, classes: [testClass('fast', { allowedTopologies: ssd })] }, 'data'), 'b');
  const driver = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: 'disks.example.com', uid: 'd', resourceVersion: '1', creationTimestamp: '' },
    spec: { storageCapacity: true },
  };
  const capacity = (size: string) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    metadata: { name: 'c', namespace: 'default', uid: 'c', resourceVersion: '1', creationTimestamp: '' },
    storageClassName: 'fast',
    capacity: size,
    nodeTopology: { matchLabels: { disk: 'ssd' } },
  });
  const storage = { claims, classes: [waiting], csiDrivers: [driver] };
  assert.equal(outcome({ ...storage, capacities: [capacity('20Gi')] }, 'data'), 'b');
  const full = outcome({ ...storage, capacities: [capacity('5Gi')] }, 'data');
  assert.equal(full, `${available} 2 node(s) did not have enough free storage.`);
});

test('filter keeps a claim on the node that was selected for it', () => {
  const claims = [testClaim('data', { annotations: { 'volume.kubernetes.io/selected-node': 'a' } })];
  assert.equal(outcome({ claims, classes: [waiting] }, 'data'), 'a');
});
