/** Keys of a ConfigMap as files. */
import type { ConfigMapProjection } from '../../api/groups/core.v1.ts';
import { volumeDirectory } from '../paths.ts';
import { writeAtomically } from './atomic-writer.ts';
import { configMapValues, defaultFileMode, payloadOfKeys, type Payload } from './payload.ts';
import { volumeGroup, type VolumeContext, type VolumeKind } from './volume-kind.ts';

export const configMapVolume: VolumeKind = {
  async setUp(volume, context) {
    const { configMap: source = {}, name } = volume;
    const folder = volumeDirectory(context.paths, context.pod.metadata.uid, 'configmap', name);
    const payload = await configMapPayload(source, source.defaultMode ?? defaultFileMode, context);
    await writeAtomically(folder, payload, { nowMs: context.nowMs, group: volumeGroup(context) });
    return folder;
  },
};

export async function configMapPayload(
  source: ConfigMapProjection,
  mode: number,
  { objects }: VolumeContext,
): Promise<Payload> {
  const { name = '', items, optional = false } = source;
  const found = await objects.configMap(name);
  if (found === undefined) {
    if (optional) return new Map();
    throw new Error(`configmap "${name}" not found`);
  }
  const values = configMapValues(found);
  return payloadOfKeys(values, { items, mode, optional, source: 'config' });
}
