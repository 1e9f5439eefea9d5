import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPlugins } from '../default-plugins.ts';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { fixedStorage, testClaim, testClass, testVolume, usingClaims, type TestStorage } from '../../test-volumes.ts';
import { Volumes } from '../../volumes.ts';

const zone = 'topology.kubernetes.io/zone';

function outcome(volumeLabels: Readonly<Record<string, string>>, nodeLabels: Readonly<Record<string, string>>): string {
  const cluster = testCluster([testNode('a', { labels: nodeLabels })]);
  const volumes = [testVolume('disk', { labels: volumeLabels })];
  cluster.table.volumes = new Volumes(fixedStorage({ claims: [testClaim('data', { volumeName: 'disk' })], volumes }));
  const decision = cluster.decide(testPod('pod', usingClaims('data')));
  return decision.type === 'fits' ? 'fits' : (/: 1 (.*?)\./.exec(decision.message)?.[1] ?? decision.message);
}

test('preFilter() keeps a pod in the zone of its volume', () => {
  const conflict = 'node(s) had no available volume zone';
  assert.equal(outcome({ [zone]: 'one' }, { [zone]: 'one' }), 'fits');
  assert.equal(outcome({ [zone]: 'one' }, { [zone]: 'two' }), conflict);
  assert.equal(outcome({ [zone]: 'one__two' }, { [zone]: 'two' }), 'fits');
  assert.equal(outcome({ 'failure-domain.beta.kubernetes.io/zone': 'one' }, { [zone]: 'one' }), 'fits');
  assert.equal(outcome({ 'topology.kubernetes.io/region': 'r' }, { [zone]: 'one' }), conflict);
});

test('preFilter() says which volume is not there', () => {
  const cluster = testCluster([testNode('a')]);
  const alone = defaultPlugins.filter(({ name }) => name !== 'VolumeBinding');
  const outcome = (storage: TestStorage): string => {
    cluster.table.volumes = new Volumes(fixedStorage(storage));
    const decision = cluster.decide(testPod('pod', usingClaims('data')), { plugins: alone });
    return decision.type === 'fits' ? 'fits' : (/: (.*?)\. not found$/.exec(decision.message)?.[1] ?? decision.message);
  };
  const claim = (storageClassName: string) => ({ claims: [testClaim('data', { storageClassName })] });
  assert.equal(outcome({}), 'persistentvolumeclaim "data" not found');
  assert.equal(outcome(claim('')), 'PersistentVolumeClaim had no pv name and storageClass name');
  assert.equal(outcome(claim('fast')), 'storageclass.storage.k8s.io "fast" not found');
  const immediate = testClass('fast', { volumeBindingMode: 'Immediate' });
  assert.equal(outcome({ ...claim('fast'), classes: [immediate] }), 'PersistentVolume had no name');
  assert.equal(outcome({ ...claim('fast'), classes: [testClass('fast')] }), 'fits');
});

test('preFilter() does not mind zones where nodes have none', () => {
  assert.equal(outcome({ [zone]: 'one' }, {}), 'fits');
});
