/** All volumes of a pod: brought up before its containers, kept up to date, taken down at its end. */
import { rm } from 'node:fs/promises';
import type { Volume } from '../../api/groups/core.v1.ts';
import { memoryDirectory, podDirectory, type NodePaths } from '../paths.ts';
import { claimedVolume } from './claimed-volume.ts';
import { configMapVolume } from './config-map.ts';
import { downwardApiVolume } from './downward-api.ts';
import { emptyDirVolume } from './empty-dir.ts';
import { hostPathVolume } from './host-path.ts';
import type { Mounts } from './mounts.ts';
import { projectedVolume } from './projected.ts';
import { secretVolume } from './secret.ts';
import type { VolumeContext, VolumeKind } from './volume-kind.ts';

const kinds: Readonly<Record<string, VolumeKind>> = {
  configMap: configMapVolume,
  secret: secretVolume,
  downwardAPI: downwardApiVolume,
  projected: projectedVolume,
  emptyDir: emptyDirVolume,
  hostPath: hostPathVolume,
  persistentVolumeClaim: claimedVolume,
  ephemeral: claimedVolume,
};

export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

/** Paths on this machine by volume name. @throws VolumeError that names the volume. */
export async function setUpVolumes(context: VolumeContext): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const volume of context.pod.spec.volumes ?? []) {
    try {
      paths.set(volume.name, await kindOf(volume).setUp(volume, context));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${text}`, { cause: error });
    }
  }
  return paths;
}

function kindOf(volume: Volume): VolumeKind {
  const name = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`volume kind "${name}" is not supported by this node`);
  return kind;
}

/** Removes all that the pod had on this machine but its logs. */
export async function removePodFiles(paths: NodePaths, uid: string, mounts: Mounts): Promise<void> {
  const folder = podDirectory(paths, uid);
  await mounts.unmountAll(folder);
  await rm(folder, { recursive: true, force: true });
  await rm(memoryDirectory(paths, uid), { recursive: true, force: true });
}
