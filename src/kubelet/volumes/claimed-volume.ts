/**
 * A volume that a claim of the pod is bound to: named by the pod, or made for it alone (`ephemeral`).
 *
 *   pod ──▶ claim, bound ──▶ persistent volume that names the claim ──▶ path on this machine
 *
 * A claim stays with its volume as long as the pod lives, so this way is gone once for a pod.
 */
import { stat } from 'node:fs/promises';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../api/groups/core.v1.ts';
import { giveToGroup } from './give-to-group.ts';
import { hostPathVolume } from './host-path.ts';
import { volumeGroup, type VolumeContext, type VolumeKind } from './volume-kind.ts';

export const claimedVolume: VolumeKind = {
  async setUp(volume, context) {
    const known = context.claimed.get(volume.name);
    if (known !== undefined) return known;
    const persistentVolume = await boundVolume(volume, context);
    const path = await pathOf(persistentVolume, context);
    context.claimed.set(volume.name, path);
    return path;
  },
};

/** The name of the claim behind a volume of the pod. */
function claimNameOf({ metadata }: Pod, { name, persistentVolumeClaim }: Volume): string {
  return persistentVolumeClaim?.claimName ?? `${metadata.name}-${name}`;
}

async function boundVolume(volume: Volume, { pod, objects }: VolumeContext): Promise<PersistentVolume> {
  const claimName = claimNameOf(pod, volume);
  const about = `error processing PVC ${pod.metadata.namespace}/${claimName}`;
  const claim = await objects.claim(claimName);
  if (claim === undefined) {
    throw new Error(`${about}: failed to fetch PVC from API server: persistentvolumeclaims "${claimName}" not found`);
  }
  const problem = problemOf(claim, volume.ephemeral === undefined ? undefined : pod);
  if (problem !== undefined) throw new Error(`${about}: ${problem}`);
  const name = claim.spec.volumeName ?? '';
  const found = await objects.persistentVolume(name);
  if (found === undefined) throw new Error(`${about}: persistentvolumes "${name}" not found`);
  const uid = found.spec.claimRef?.uid ?? '';
  if (uid !== claim.metadata.uid) {
    const expected = claim.metadata.uid;
    throw new Error(
      `${about}: found PV object ${name} but its pv.Spec.ClaimRef.UID "${uid}" does not point to claim.UID "${expected}"`,
    );
  }
  return found;
}

/** `owner`: the pod that the claim must have been made for. */
function problemOf({ metadata, spec, status }: PersistentVolumeClaim, owner: Pod | undefined): string | undefined {
  const owners = metadata.ownerReferences ?? [];
  if (owner !== undefined && !owners.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid)) {
    const { namespace, name } = owner.metadata;
    return `PVC ${metadata.namespace}/${metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`;
  }
  if (metadata.deletionTimestamp !== undefined) return 'PVC is being deleted';
  return status.phase === 'Bound' && (spec.volumeName ?? '') !== '' ? undefined : 'PVC is not bound';
}

async function pathOf(volume: PersistentVolume, context: VolumeContext): Promise<string> {
  const { name } = volume.metadata;
  const { hostPath, local, volumeMode } = volume.spec;
  if (volumeMode === 'Block') throw new Error(`block volumes are not supported by this node: "${name}" is one`);
  if (hostPath !== undefined) return hostPathVolume.setUp({ name, hostPath }, context);
  if (local !== undefined) return localPath(local.path, context);
  const kind = kinds.find((source) => volume.spec[source] !== undefined) ?? 'unknown';
  throw new Error(`persistent volumes of kind "${kind}" are not supported by this node: "${name}" is one`);
}

const kinds = ['csi', 'nfs', 'iscsi', 'fc', 'cephfs', 'rbd', 'flexVolume'] as const;

/** A folder of this node; it must be there, since what stood in for it would not be the data. */
async function localPath(path: string, context: VolumeContext): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new Error(`path "${path}" does not exist`);
  if (!found.isDirectory()) throw new Error(`path "${path}" is not a directory`);
  const group = volumeGroup(context);
  const policy = context.pod.spec.securityContext?.fsGroupChangePolicy;
  if (group !== undefined) await giveToGroup(path, group, { onlyIfRootDiffers: policy === 'OnRootMismatch' });
  return path;
}
