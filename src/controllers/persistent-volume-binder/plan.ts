/**
 * What is to be done about a claim, and about a volume, each seen from its own side.
 *
 * The link goes both ways (`claim.spec.volumeName`, `volume.spec.claimRef`), either half may have been written first, by this
 * controller, by a user or by a provisioner, and each may vanish at any time. Every state that this leads to has an answer
 * here, and none of them binds data to a claim that it was not meant for.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import type { StorageClass } from '../../api/groups/storage.v1.ts';
import type { EventNote } from '../controller.ts';
import {
  bindCompleted,
  classOf,
  hasAnnotation,
  namesClass,
  provisionedBy,
  selectedNode,
} from '../volume-annotations.ts';
import { findVolume, isReservedFor, volumeMismatch, volumeModeOf } from './match.ts';
import { planProvisioning, type ProvisioningPlan } from './provisioning.ts';

export interface ClaimWorld {
  volume(name: string): PersistentVolume | undefined;
  /** Free volumes of the claim's class, and those that name the claim. */
  readonly candidates: readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  /** For claims that name none. */
  readonly defaultClass: StorageClass | undefined;
  /** Names of the claim's pods that have no node yet. */
  readonly waitingPods: readonly string[];
}

export type ClaimPlan =
  | { readonly type: 'bind'; readonly volume: PersistentVolume }
  | { readonly type: 'pending'; readonly event?: EventNote }
  | { readonly type: 'lost'; readonly event: EventNote }
  | { readonly type: 'classify'; readonly storageClassName: string }
  | ProvisioningPlan;

export function planClaim(claim: PersistentVolumeClaim, world: ClaimWorld): ClaimPlan {
  if (hasAnnotation(claim, bindCompleted)) return planBoundClaim(claim, world);
  return (claim.spec.volumeName ?? '') === '' ? planAnyVolume(claim, world) : planNamedVolume(claim, world);
}

function planBoundClaim(claim: PersistentVolumeClaim, world: ClaimWorld): ClaimPlan {
  const { volumeName = '' } = claim.spec;
  const lost = (reason: string, message: string): ClaimPlan => ({
    type: 'lost',
    event: { type: 'Warning', reason, message },
  });
  if (volumeName === '') {
    return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  }
  const volume = world.volume(volumeName);
  if (volume === undefined) {
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  }
  const { claimRef } = volume.spec;
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return { type: 'bind', volume };
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

function planNamedVolume(claim: PersistentVolumeClaim, world: ClaimWorld): ClaimPlan {
  const volume = world.volume(claim.spec.volumeName ?? '');
  if (volume === undefined) return { type: 'pending' };
  const { name } = volume.metadata;
  if (volume.spec.claimRef === undefined) {
    const mismatch = volumeMismatch(volume, claim);
    if (mismatch === undefined) return { type: 'bind', volume };
    const message = `Cannot bind to requested volume "${name}": ${mismatch}`;
    return { type: 'pending', event: { type: 'Warning', reason: 'VolumeMismatch', message } };
  }
  if (isReservedFor(volume, claim)) return { type: 'bind', volume };
  const message = `volume "${name}" already bound to a different claim.`;
  return { type: 'pending', event: { type: 'Warning', reason: 'FailedBinding', message } };
}

function planAnyVolume(claim: PersistentVolumeClaim, world: ClaimWorld): ClaimPlan {
  const storageClass = world.storageClass(classOf(claim));
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  const volume = findVolume(claim, world.candidates, { onlyReserved: waits });
  if (volume !== undefined) return { type: 'bind', volume };
  if (!namesClass(claim) && world.defaultClass !== undefined) {
    return { type: 'classify', storageClassName: world.defaultClass.metadata.name };
  }
  if (waits && !hasAnnotation(claim, selectedNode)) {
    return { type: 'pending', event: consumerEvent(world.waitingPods) };
  }
  if (classOf(claim) !== '') return planProvisioning(claim, storageClass);
  const message = 'no persistent volumes available for this claim and no storage class is set';
  return { type: 'pending', event: { type: 'Normal', reason: 'FailedBinding', message } };
}

function consumerEvent(pods: readonly string[]): EventNote {
  if (pods.length === 0) {
    const message = 'waiting for first consumer to be created before binding';
    return { type: 'Normal', reason: 'WaitForFirstConsumer', message };
  }
  const message = `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`;
  return { type: 'Normal', reason: 'WaitForPodScheduled', message };
}

export type VolumePlan =
  | { readonly type: 'phase'; readonly phase: 'Available' | 'Bound' }
  /** The other half is to be written by the claim's own turn. */
  | { readonly type: 'wake-claim' }
  | { readonly type: 'mismatch'; readonly forVolume: EventNote; readonly forClaim: EventNote }
  | { readonly type: 'unbind' }
  /** The claim is gone: Released, then what the reclaim policy says. */
  | { readonly type: 'reclaim' };

/** `claim`: the one that the volume names, if it still is the same one. */
export function planVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const { claimRef } = volume.spec;
  if ((claimRef?.uid ?? '') === '') return { type: 'phase', phase: 'Available' };
  if (claim === undefined) return { type: 'reclaim' };
  const { volumeName = '' } = claim.spec;
  if (volumeName === volume.metadata.name) return { type: 'phase', phase: 'Bound' };
  if (volumeName !== '') {
    const { persistentVolumeReclaimPolicy: policy } = volume.spec;
    return policy === 'Delete' && hasAnnotation(volume, provisionedBy) ? { type: 'reclaim' } : { type: 'unbind' };
  }
  if (volumeModeOf(claim) === volumeModeOf(volume)) return { type: 'wake-claim' };
  const warning = (message: string): EventNote => ({ type: 'Warning', reason: 'VolumeMismatch', message });
  const why = 'due to incompatible volumeMode.';
  return {
    type: 'mismatch',
    forVolume: warning(
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" ${why}`,
    ),
    forClaim: warning(
      `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim ${why}`,
    ),
  };
}

/** Nobody needs the volume any more: its claim is gone, or bound elsewhere. */
export function isReleased(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): boolean {
  const { claimRef } = volume.spec;
  if ((claimRef?.uid ?? '') === '') return false;
  if (claim === undefined || claim.metadata.uid !== claimRef?.uid) return true;
  const { volumeName = '' } = claim.spec;
  return volumeName !== '' && volumeName !== volume.metadata.name;
}
