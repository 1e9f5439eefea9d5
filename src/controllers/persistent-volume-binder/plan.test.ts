import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import { storageClaim, claimRef, storageClass, volume } from '../testing/storage-objects.ts';
import { defaultStorageClass } from './default-class.ts';
import { isReleased, planClaim, planVolume, type ClaimWorld } from './plan.ts';
import { namingProvisioner, withMigration, withoutBuiltInFinalizer } from './provisioning.ts';
import { planReclaim } from './reclaim.ts';

interface Facts extends Partial<ClaimWorld> {
  readonly volumes?: readonly PersistentVolume[];
  readonly classes?: readonly ReturnType<typeof storageClass>[];
}

function script(subject: PersistentVolumeClaim, { volumes = [], classes = [], ...facts }: Facts = {}): string {
  const plan = planClaim(subject, {
    volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
    candidates: volumes,
    storageClass: (name) => classes.find(({ metadata }) => metadata.name === name),
    defaultClass: defaultStorageClass(classes),
    waitingPods: [],
    ...facts,
  });
  const event = 'event' in plan && plan.event !== undefined ? ` ${plan.event.reason}: ${plan.event.message}` : '';
  if (plan.type === 'bind') return `bind ${plan.volume.metadata.name}`;
  if (plan.type === 'classify') return `classify ${plan.storageClassName}`;
  return (plan.type === 'ask' ? `ask ${plan.provisioner}` : plan.type) + event;
}

const bound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
const waits = { volumeBindingMode: 'WaitForFirstConsumer' };
const waiting = 'Waiting for a volume to be created either by the external provisioner';
const orElse =
  'or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';

test('planClaim() finds a volume for a claim, or says what it waits for', () => {
  const fast = storageClass('fast');
  const late = storageClass('late', waits);
  const ofClass = (storageClassName: string, meta = {}) => storageClaim('c', { storageClassName }, meta);
  const chosen = { annotations: { 'volume.kubernetes.io/selected-node': 'n' } };
  const cases: readonly (readonly [string, string])[] = [
    [script(storageClaim('c'), { volumes: [volume('v')] }), 'bind v'],
    [
      script(storageClaim('c')),
      'pending FailedBinding: no persistent volumes available for this claim and no storage class is set',
    ],
    [
      script(ofClass('fast'), { classes: [fast] }),
      `ask example.com/maker ExternalProvisioning: ${waiting} 'example.com/maker' ${orElse}`,
    ],
    [
      script(ofClass('late'), { classes: [late], volumes: [volume('v', { storageClassName: 'late' })] }),
      'pending WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ],
    [
      script(ofClass('late'), { classes: [late], waitingPods: ['p'] }),
      'pending WaitForPodScheduled: waiting for pod p to be scheduled',
    ],
    [
      script(ofClass('late'), { classes: [late], waitingPods: ['p', 'q'] }),
      'pending WaitForPodScheduled: waiting for pods p,q to be scheduled',
    ],
    [
      script(ofClass('late', chosen), { classes: [late] }),
      `ask example.com/maker ExternalProvisioning: ${waiting} 'example.com/maker' ${orElse}`,
    ],
    [script(ofClass('none')), 'tell ProvisioningFailed: storageclass.storage.k8s.io "none" not found'],
    [
      script(ofClass('static'), { classes: [storageClass('static', { provisioner: 'kubernetes.io/no-provisioner' })] }),
      'tell ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner',
    ],
    [
      script(ofClass('old'), { classes: [storageClass('old', { provisioner: 'kubernetes.io/aws-ebs' })] }),
      `ask ebs.csi.aws.com ExternalProvisioning: ${waiting} 'ebs.csi.aws.com' ${orElse}`,
    ],
  ];
  for (const [actual, expected] of cases) assert.equal(actual, expected);
});

test('planClaim() gives the default class to a claim that names none, and not to one that wants none', () => {
  const marked = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } };
  const older = storageClass('older', {}, marked);
  const younger = storageClass('younger', {}, { ...marked, creationTimestamp: '2026-01-01T00:00:01Z' });
  const { storageClassName: _, ...spec } = storageClaim('c').spec;
  const unclassed = { ...storageClaim('c'), spec };
  assert.equal(script(unclassed, { classes: [older, younger] }), 'classify younger');
  assert.match(script(storageClaim('c'), { classes: [older] }), /^pending FailedBinding/);
  assert.equal(script(unclassed, { classes: [older], volumes: [volume('v')] }), 'bind v');
});

test('planClaim() binds the volume that a claim asks for by name, or says why not', () => {
  const named = storageClaim('c', { volumeName: 'v' });
  const other = { claimRef: claimRef('other') };
  const cases: readonly (readonly [string, string])[] = [
    [script(named), 'pending'],
    [script(named, { volumes: [volume('v')] }), 'bind v'],
    [script(named, { volumes: [volume('v', { claimRef: claimRef('c', '') })] }), 'bind v'],
    [
      script(named, { volumes: [volume('v', { capacity: { storage: '1Mi' } })] }),
      'pending VolumeMismatch: Cannot bind to requested volume "v": requested PV is too small',
    ],
    [
      script(named, { volumes: [volume('v', other)] }),
      'pending FailedBinding: volume "v" already bound to a different claim.',
    ],
  ];
  for (const [actual, expected] of cases) assert.equal(actual, expected);
});

test('planClaim() keeps a bound claim with its volume, and calls it lost without', () => {
  const held = storageClaim('c', { volumeName: 'v' }, bound);
  assert.equal(script(held, { volumes: [volume('v', { claimRef: claimRef('c') })] }), 'bind v');
  assert.equal(script(held, { volumes: [volume('v')] }), 'bind v');
  assert.equal(script(held), 'lost ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  assert.equal(
    script(storageClaim('c', {}, bound)),
    'lost ClaimLost: Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
  );
  assert.equal(
    script(held, { volumes: [volume('v', { claimRef: claimRef('other') })] }),
    'lost ClaimMisbound: Two claims are bound to the same volume, this one is bound incorrectly',
  );
});

test('planVolume() follows the claim that the volume names', () => {
  const made = { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/maker' } };
  const mine = { claimRef: claimRef('c') };
  const typeOf = (subject: PersistentVolume, owner?: PersistentVolumeClaim) => {
    const plan = planVolume(subject, owner);
    return plan.type === 'phase' ? plan.phase : plan.type;
  };
  assert.equal(typeOf(volume('v')), 'Available');
  assert.equal(typeOf(volume('v', { claimRef: claimRef('c', '') })), 'Available');
  assert.equal(typeOf(volume('v', mine)), 'reclaim');
  assert.equal(typeOf(volume('v', mine), storageClaim('c', { volumeName: 'v' })), 'Bound');
  assert.equal(typeOf(volume('v', mine), storageClaim('c')), 'wake-claim');
  assert.equal(typeOf(volume('v', mine), storageClaim('c', { volumeMode: 'Block' })), 'mismatch');
  const elsewhere = storageClaim('c', { volumeName: 'w' });
  assert.equal(typeOf(volume('v', mine), elsewhere), 'unbind');
  assert.equal(typeOf(volume('v', { ...mine, persistentVolumeReclaimPolicy: 'Delete' }, made), elsewhere), 'reclaim');
  assert.equal(isReleased(volume('v', mine), elsewhere), true);
  assert.equal(isReleased(volume('v', mine), storageClaim('c')), false);
});

test('planReclaim() leaves a volume to who made it, and says what nobody can do', () => {
  const of = (spec: object, annotations = {}) => {
    const plan = planReclaim(volume('v', spec, { annotations }));
    return plan.type === 'fail' ? `${plan.event.reason}: ${plan.event.message}` : plan.type;
  };
  const policy = (persistentVolumeReclaimPolicy: string) => ({ persistentVolumeReclaimPolicy });
  const { hostPath: _, ...without } = { hostPath: undefined, local: { path: '/disk' }, ...policy('Delete') };
  assert.equal(of(policy('Retain')), 'nothing');
  assert.equal(of(policy('Delete'), { 'pv.kubernetes.io/provisioned-by': 'example.com/maker' }), 'nothing');
  assert.equal(
    of(policy('Delete')),
    'VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /data',
  );
  assert.equal(
    of({ ...without, hostPath: undefined }),
    'VolumeFailedDelete: error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
  );
  assert.equal(of({ ...policy('Delete'), hostPath: undefined, csi: { driver: 'd', volumeHandle: 'h' } }), 'nothing');
  assert.equal(of(policy('Recycle')), 'recycle');
  assert.match(of({ ...policy('Recycle'), hostPath: undefined }), /^VolumeFailedRecycle: No recycler plugin found/);
  assert.match(of(policy('Shred')), /^VolumeUnknownReclaimPolicy/);
});

test('withMigration() names the driver that took over, and takes back a name that no longer holds', () => {
  const asked = namingProvisioner(storageClaim('c'), 'example.com/maker');
  assert.deepEqual(asked.metadata.annotations, {
    'volume.beta.kubernetes.io/storage-provisioner': 'example.com/maker',
    'volume.kubernetes.io/storage-provisioner': 'example.com/maker',
  });
  assert.equal(namingProvisioner(asked, 'example.com/maker'), asked);
  const provisioned = 'pv.kubernetes.io/provisioned-by';
  const old = volume('v', {}, { annotations: { [provisioned]: 'kubernetes.io/gce-pd' } });
  const driver = withMigration(old).metadata.annotations?.['pv.kubernetes.io/migrated-to'];
  assert.equal(driver, 'pd.csi.storage.gke.io');
  const moved = { [provisioned]: 'example.com/maker', 'pv.kubernetes.io/migrated-to': 'x' };
  assert.deepEqual(withMigration(volume('v', {}, { annotations: moved })).metadata.annotations, {
    [provisioned]: 'example.com/maker',
  });
  const held = { ...old, metadata: { ...old.metadata, finalizers: ['kubernetes.io/pv-controller', 'x'] } };
  assert.deepEqual(withoutBuiltInFinalizer(held).metadata.finalizers, ['x']);
});
