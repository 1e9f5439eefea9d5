/**
 * What becomes of a volume whose claim is gone. Retain keeps it for the administrator. Delete is the business of who made it;
 * of the volumes that nobody made, only a folder below /tmp would be deleted by Kubernetes, on the machine where this
 * controller runs: this one leaves files of its machine alone. Recycle wipes the files and offers the volume again.
 */
import type { PersistentVolume } from '../../api/groups/core.v1.ts';
import type { EventNote } from '../controller.ts';
import { hasAnnotation, migratedTo, provisionedBy } from '../volume-annotations.ts';

export type ReclaimPlan =
  | { readonly type: 'nothing' }
  | { readonly type: 'recycle' }
  | { readonly type: 'fail'; readonly event: EventNote };

export function planReclaim(volume: PersistentVolume): ReclaimPlan {
  if (hasAnnotation(volume, migratedTo)) return { type: 'nothing' };
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return { type: 'nothing' };
    case 'Recycle':
      if (volume.spec.hostPath !== undefined || volume.spec.nfs !== undefined) return { type: 'recycle' };
      return failed('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    case 'Delete':
      return planDeletion(volume);
    default:
      return failed('VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy');
  }
}

function planDeletion(volume: PersistentVolume): ReclaimPlan {
  const { hostPath, csi } = volume.spec;
  const maker = volume.metadata.annotations?.[provisionedBy] ?? '';
  if (maker !== '' && !maker.startsWith('kubernetes.io/')) return { type: 'nothing' };
  if (csi !== undefined) return { type: 'nothing' };
  if (volume.metadata.deletionTimestamp !== undefined) return { type: 'nothing' };
  if (hostPath !== undefined) {
    const { path } = hostPath;
    return failed('VolumeFailedDelete', `host_path deleter only supports /tmp/.+ but received provided ${path}`);
  }
  const { name } = volume.metadata;
  const why = 'no deletable volume plugin matched';
  return failed('VolumeFailedDelete', `error getting deleter volume plugin for volume "${name}": ${why}`);
}

function failed(reason: string, message: string): ReclaimPlan {
  return { type: 'fail', event: { type: 'Warning', reason, message } };
}
