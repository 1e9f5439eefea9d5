import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolume } from '../../api/groups/core.v1.ts';
import type { VolumeAttachment } from '../../api/groups/storage.v1.ts';
import { metadata, node, nowMs, pod, podCondition, startTime } from '../testing/objects.ts';
import { volume } from '../testing/storage-objects.ts';
import { attachmentName, isOurs, planAttachments, uniqueName, type Observed } from './plan.ts';

function disk(name: string, accessModes = ['ReadWriteOnce']): PersistentVolume {
  const { hostPath: _, ...spec } = volume(name, { accessModes }).spec;
  return { ...volume(name), spec: { ...spec, csi: { driver: 'd.example.com', volumeHandle: name } } };
}

function attachment(of: PersistentVolume, attached = true, meta: object = {}): VolumeAttachment {
  const { namespace: _, ...own } = metadata(attachmentName(of, 'n'), meta);
  const spec = { attacher: 'd.example.com', nodeName: 'n', source: { persistentVolumeName: of.metadata.name } };
  return { metadata: own, spec, status: { attached } };
}

function script(facts: Partial<Observed>): string {
  const plan = planAttachments({
    nodeName: 'n',
    node: node('n'),
    wanted: [],
    attachments: [],
    elsewhere: () => [],
    volume: disk,
    idleSinceMs: () => nowMs,
    nowMs,
    ...facts,
  });
  return [
    ...plan.attach.map((one) => `attach ${one.volume.metadata.name}`),
    ...plan.blocked.map(({ message }) => message),
    ...plan.attached.map(({ name }) => `attached ${name}`),
    ...plan.detach.map(({ spec }) => `detach ${spec.source.persistentVolumeName ?? ''}`),
    ...(plan.lookAgainMs === undefined ? [] : [`again in ${plan.lookAgainMs / 1000} s`]),
  ].join(', ');
}

const v = disk('v');
const wanted = [{ volume: v, pods: [pod('p')] }];
const inUse = (ready: string, taints: Node['spec']['taints'] = []) =>
  node(
    'n',
    { taints },
    { volumesInUse: [uniqueName(v)], conditions: [podCondition('Ready', ready, startTime)] as never },
  );

test('attachmentName() is what drivers and kubelets compute', () => {
  assert.equal(attachmentName(v, 'n'), 'csi-a7d88920a2be0f95a4d54f51d2706fa83653b1d46797d279c0eb3ad57beeaba0');
  assert.equal(isOurs(attachment(v)), true);
  assert.equal(isOurs({ ...attachment(v), metadata: { ...attachment(v).metadata, name: 'mine' } }), false);
});

test('planAttachments() attaches what pods want, and reports what is attached', () => {
  assert.equal(script({ wanted }), 'attach v');
  assert.equal(script({ wanted, attachments: [attachment(v, false)] }), '');
  assert.equal(script({ wanted, attachments: [attachment(v)] }), 'attached kubernetes.io/csi/d.example.com^v');
});

test('planAttachments() gives a volume for one node to one node', () => {
  const at = (...pods: ReturnType<typeof pod>[]) => ({ elsewhere: () => [{ nodeName: 'm', pods }] });
  const error = 'Multi-Attach error for volume "v" Volume is already';
  assert.equal(
    script({ wanted, ...at() }),
    `${error} exclusively attached to one node and can't be attached to another`,
  );
  assert.equal(script({ wanted, ...at(pod('q')) }), `${error} used by pod(s) q`);
  const far = pod('r', { meta: { namespace: 'other' } });
  assert.equal(
    script({ wanted, ...at(pod('q'), far) }),
    `${error} used by pod(s) q and 1 pod(s) in different namespaces`,
  );
  assert.equal(script({ wanted, ...at(far) }), `${error} used by 1 pod(s) in different namespaces`);
  assert.equal(script({ wanted: [{ volume: disk('w', ['ReadWriteMany']), pods: [] }], ...at(pod('q')) }), 'attach w');
});

test('planAttachments() takes a volume away when the node no longer has it mounted', () => {
  const attachments = [attachment(v)];
  const held = 'attached kubernetes.io/csi/d.example.com^v';
  assert.equal(script({ attachments }), 'detach v');
  assert.equal(script({ attachments, node: inUse('True') }), held);
  assert.equal(script({ attachments, node: inUse('Unknown') }), `${held}, again in 360 s`);
  assert.equal(script({ attachments, node: inUse('Unknown'), idleSinceMs: () => nowMs - 360_000 }), 'detach v');
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'shutdown', effect: 'NoExecute' }];
  assert.equal(script({ attachments, node: inUse('Unknown', taints) }), 'detach v');
  assert.equal(script({ attachments, node: undefined }), 'detach v');
  assert.equal(script({ attachments: [attachment(v, true, { deletionTimestamp: startTime })] }), '');
});
