import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import type { StorageClass } from '../api/groups/storage.v1.ts';
import { folderName, newVolume, planFolder, planRemoval } from './plan.ts';

const stored = { uid: 'u1', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
const asked = {
  'volume.kubernetes.io/storage-provisioner': 'slipway.dev/local-path',
  'volume.kubernetes.io/selected-node': 'here',
};
const late: StorageClass = {
  metadata: { name: 'standard', ...stored },
  provisioner: 'slipway.dev/local-path',
  volumeBindingMode: 'WaitForFirstConsumer',
};
const serves = (name: string): boolean => name === 'here';

function claim(spec: Partial<PersistentVolumeClaim['spec']> = {}, annotations = asked): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default', annotations, ...stored },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
    status: { phase: 'Pending' },
  };
}

const node: Node = {
  metadata: { name: 'here', labels: { 'kubernetes.io/hostname': 'here.local' }, ...stored },
  spec: {},
} as unknown as Node;

test('planFolder() makes a folder on the node that the scheduler chose, if that node is ours', () => {
  assert.deepEqual(planFolder(claim(), late, serves), { type: 'make', nodeName: 'here' });
  assert.equal(planFolder(claim(), late, () => false).type, 'nothing');
  assert.equal(planFolder(claim({ volumeName: 'v' }), late, serves).type, 'nothing');
  assert.equal(planFolder(claim(), { ...late, provisioner: 'example.com/x' }, serves).type, 'nothing');
  const others = { ...asked, 'volume.kubernetes.io/storage-provisioner': 'example.com/x' };
  assert.equal(planFolder(claim({}, others), late, serves).type, 'nothing');
});

test('planFolder() refuses what a folder cannot be', () => {
  const refusals: readonly (readonly [Partial<PersistentVolumeClaim['spec']>, RegExp])[] = [
    [{ accessModes: ['ReadWriteMany'] }, /only access modes .* are supported, not ReadWriteMany$/],
    [{ volumeMode: 'Block' }, /block devices/],
    [{ selector: { matchLabels: { a: 'b' } } }, /Selector is not supported/],
    [{ dataSource: { kind: 'PersistentVolumeClaim', name: 'other' } }, /data sources/],
  ];
  for (const [spec, expected] of refusals) {
    const plan = planFolder(claim(spec), late, serves);
    assert.match(plan.type === 'refuse' ? plan.message : plan.type, expected);
  }
  const { 'volume.kubernetes.io/selected-node': _, ...unchosen } = asked;
  const plan = planFolder(claim({}, unchosen as typeof asked), { ...late, volumeBindingMode: 'Immediate' }, serves);
  assert.match(plan.type === 'refuse' ? plan.message : plan.type, /^failed to provision .* no node was specified/);
});

test('newVolume() belongs to the claim, to the node, and to its maker', () => {
  assert.equal(folderName(claim()), 'pvc-u1_default_data');
  const made = newVolume(claim(), late, { path: '/folder', node });
  assert.equal(made.metadata?.name, 'pvc-u1');
  assert.deepEqual(made.metadata?.finalizers, ['external-provisioner.volume.kubernetes.io/finalizer']);
  assert.equal(made.spec?.claimRef?.uid, 'u1');
  assert.equal(made.spec?.persistentVolumeReclaimPolicy, 'Delete');
  const [term] = made.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  assert.deepEqual(term?.matchExpressions, [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['here.local'] }]);
  const kept = newVolume(claim(), { ...late, reclaimPolicy: 'Retain' }, { path: '/folder', node });
  assert.equal(kept.metadata?.finalizers, undefined);
});

test('planRemoval() removes the folder of a released volume, and of no other', () => {
  const finalizers = ['external-provisioner.volume.kubernetes.io/finalizer'];
  const of = (phase: string, meta: object = {}, policy = 'Delete'): string => {
    const { metadata, spec } = newVolume(claim(), late, { path: '/folder', node });
    const volume = {
      metadata: { ...stored, ...metadata, ...meta },
      spec: { ...spec, persistentVolumeReclaimPolicy: policy },
      status: { phase },
    } as PersistentVolume;
    return planRemoval(volume, serves).type;
  };
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  assert.equal(of('Bound'), 'nothing');
  assert.equal(of('Released'), 'remove');
  assert.equal(of('Bound', { deletionTimestamp }), 'nothing');
  assert.equal(of('Available', { deletionTimestamp }), 'remove');
  assert.equal(of('Released', {}, 'Retain'), 'let-go');
  assert.equal(of('Released', { finalizers: [] }, 'Retain'), 'nothing');
  assert.equal(of('Bound', { finalizers: [] }), 'hold');
  assert.equal(of('Released', { annotations: {} }), 'nothing');
  assert.equal(of('Released', { finalizers, annotations: { 'pv.kubernetes.io/provisioned-by': 'x' } }), 'nothing');
});
