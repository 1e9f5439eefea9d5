import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { fixedStorage, testClaim, testVolume, usingClaims } from '../../test-volumes.ts';
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

test('preFilter() does not mind zones where nodes have none', () => {
  assert.equal(outcome({ [zone]: 'one' }, {}), 'fits');
});
