/** Keys of a Secret as files that never touch a disk. */
import { join } from 'node:path';
import type { SecretProjection } from '../../api/groups/core.v1.ts';
import { memoryDirectory } from '../paths.ts';
import { writeAtomically } from './atomic-writer.ts';
import { defaultFileMode, payloadOfKeys, secretValues, type Payload } from './payload.ts';
import { volumeGroup, type VolumeContext, type VolumeKind } from './volume-kind.ts';

export const secretVolume: VolumeKind = {
  async setUp(volume, context) {
    const { secretName, items, optional, defaultMode = defaultFileMode } = volume.secret ?? {};
    const folder = join(memoryDirectory(context.paths, context.pod.metadata.uid), volume.name);
    const payload = await secretPayload({ name: secretName, items, optional }, defaultMode, context);
    await writeAtomically(folder, payload, { nowMs: context.nowMs, group: volumeGroup(context) });
    return folder;
  },
};

export async function secretPayload(
  source: SecretProjection,
  mode: number,
  { objects }: VolumeContext,
): Promise<Payload> {
  const { name = '', items, optional = false } = source;
  const found = await objects.secret(name);
  if (found === undefined) {
    if (optional) return new Map();
    throw new Error(`secret "${name}" not found`);
  }
  return payloadOfKeys(secretValues(found), { items, mode, optional, source: 'secret' });
}
