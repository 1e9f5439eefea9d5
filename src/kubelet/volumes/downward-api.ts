/** What a pod may know of itself, as files. */
import { join } from 'node:path';
import type { DownwardAPIVolumeFile } from '../../api/groups/core.v1.ts';
import { fieldValue, resourceFieldValue } from '../containers/field-value.ts';
import { memoryDirectory } from '../paths.ts';
import { writeAtomically } from './atomic-writer.ts';
import { defaultFileMode, type Payload, type PayloadFile } from './payload.ts';
import { volumeGroup, type VolumeContext, type VolumeKind } from './volume-kind.ts';

export const downwardApiVolume: VolumeKind = {
  async setUp(volume, context) {
    const { items = [], defaultMode = defaultFileMode } = volume.downwardAPI ?? {};
    const folder = join(memoryDirectory(context.paths, context.pod.metadata.uid), volume.name);
    const payload = downwardApiPayload(items, defaultMode, context);
    await writeAtomically(folder, payload, { nowMs: context.nowMs, group: volumeGroup(context) });
    return folder;
  },
};

export function downwardApiPayload(
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
  { facts }: VolumeContext,
): Payload {
  const files = new Map<string, PayloadFile>();
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    const value =
      fieldRef === undefined
        ? resourceFieldRef && resourceFieldValue(resourceFieldRef, undefined, facts)
        : fieldValue(fieldRef.fieldPath, facts);
    if (value === undefined) throw new Error(`downward API item "${path}" names no field`);
    files.set(path, { data: Buffer.from(value), mode: own ?? mode });
  }
  return files;
}
