import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '../../../api/groups/core.v1.ts';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { fixedStorage, testClaim, testVolume, usingClaims } from '../../test-volumes.ts';
import { Volumes } from '../../volumes.ts';

function second(volume: Volume, other: Volume): string {
  const cluster = testCluster([testNode('a')]);
  cluster.place(testPod('first', { volumes: [volume] }), 'a');
  const decision = cluster.decide(testPod('second', { volumes: [other] }));
  return decision.type === 'fits' ? 'fits' : (/: 1 (.*?)\./.exec(decision.message)?.[1] ?? decision.message);
}

test('preFilter() keeps pods apart that write to one disk', () => {
  const conflict = 'node(s) had no available disk';
  const gce = (readOnly: boolean): Volume => ({ name: 'v', gcePersistentDisk: { pdName: 'd', readOnly } });
  const iscsi = (readOnly: boolean): Volume => ({
    name: 'v',
    iscsi: { targetPortal: 'p', iqn: 'q', lun: 0, readOnly },
  });
  const rbd = (monitors: readonly string[], readOnly = false): Volume => ({
    name: 'v',
    rbd: { monitors, image: 'i', pool: 'p', readOnly },
  });
  const ebs = (volumeID: string): Volume => ({ name: 'v', awsElasticBlockStore: { volumeID } });
  assert.equal(second(gce(false), gce(true)), conflict);
  assert.equal(second(gce(true), gce(true)), 'fits');
  assert.equal(second(iscsi(true), iscsi(false)), conflict);
  assert.equal(second(rbd(['m', 'n']), rbd(['n'])), conflict);
  assert.equal(second(rbd(['m']), rbd(['n'])), 'fits');
  assert.equal(second(ebs('x'), ebs('x')), conflict);
  assert.equal(second(ebs('x'), ebs('y')), 'fits');
});

test('preFilter() gives a ReadWriteOncePod claim to one pod alone, and lets a more important one have it', () => {
  const cluster = testCluster([testNode('a'), testNode('b')]);
  const claim = testClaim('data', { volumeName: 'disk', accessModes: ['ReadWriteOncePod'] });
  cluster.table.volumes = new Volumes(fixedStorage({ claims: [claim], volumes: [testVolume('disk')] }));
  cluster.place(testPod('first', usingClaims('data')), 'a');
  const refused = cluster.decide(testPod('second', usingClaims('data')));
  assert.equal(refused.type, 'refused');
  assert.match(
    refused.type === 'refused' ? refused.message : '',
    /2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode\./,
  );
  const decision = cluster.decide(testPod('third', { ...usingClaims('data'), priority: 10 }));
  assert.equal(decision.type === 'refused' ? decision.nominatedNode : '', 'a');
});
