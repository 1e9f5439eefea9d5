/** A folder that lives as long as the pod; with medium Memory a file system in memory. */
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts';
import { volumeDirectory } from '../paths.ts';
import { volumeGroup, type VolumeKind } from './volume-kind.ts';

export const emptyDirVolume: VolumeKind = {
  async setUp({ emptyDir, name }, context) {
    const folder = volumeDirectory(context.paths, context.pod.metadata.uid, 'empty-dir', name);
    const isNew = (await stat(folder).catch(() => undefined)) === undefined;
    await mkdir(folder, { recursive: true });
    if (emptyDir?.medium === 'Memory') {
      const limit = emptyDir.sizeLimit === undefined ? undefined : quantityToNumber(parseQuantity(emptyDir.sizeLimit));
      await context.mounts.memory(folder, { sizeBytes: limit === 0 ? undefined : limit });
    }
    if (!isNew) return folder;
    const group = volumeGroup(context);
    if (group !== undefined) await chown(folder, 0, group);
    await chmod(folder, group === undefined ? 0o777 : 0o2777);
    return folder;
  },
};
