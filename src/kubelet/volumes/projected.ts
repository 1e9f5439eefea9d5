/** Several sources in one folder; service account tokens among them are renewed in place. */
import { join } from 'node:path';
import type { ServiceAccountTokenProjection, VolumeProjection } from '../../api/groups/core.v1.ts';
import { memoryDirectory } from '../paths.ts';
import { writeAtomically } from './atomic-writer.ts';
import { configMapPayload } from './config-map.ts';
import { downwardApiPayload } from './downward-api.ts';
import { defaultFileMode, type Payload, type PayloadFile } from './payload.ts';
import { secretPayload } from './secret.ts';
import { volumeGroup, type VolumeContext, type VolumeKind } from './volume-kind.ts';

export const projectedVolume: VolumeKind = {
  async setUp(volume, context) {
    const { sources = [], defaultMode = defaultFileMode } = volume.projected ?? {};
    const folder = join(memoryDirectory(context.paths, context.pod.metadata.uid), volume.name);
    const files = new Map<string, PayloadFile>();
    for (const source of sources ?? []) {
      for (const [path, file] of await payloadOf(source, defaultMode, context)) files.set(path, file);
    }
    await writeAtomically(folder, files, { nowMs: context.nowMs, group: volumeGroup(context) });
    return folder;
  },
};

async function payloadOf(source: VolumeProjection, mode: number, context: VolumeContext): Promise<Payload> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) return configMapPayload(configMap, mode, context);
  if (secret !== undefined) return secretPayload(secret, mode, context);
  if (downwardAPI !== undefined) return downwardApiPayload(downwardAPI.items ?? [], mode, context);
  if (serviceAccountToken !== undefined) return tokenPayload(serviceAccountToken, mode, context);
  const [kind = 'nothing'] = Object.keys(source);
  throw new Error(`projected volume source "${kind}" is not supported by this node`);
}

/** Nobody else may read a token: it belongs to the pod's group, or to the one user that all its containers run as. */
async function tokenPayload(
  projection: ServiceAccountTokenProjection,
  mode: number,
  context: VolumeContext,
): Promise<Payload> {
  const data = Buffer.from(await context.objects.token(projection));
  if (volumeGroup(context) !== undefined) return new Map([[projection.path, { data, mode: 0o600 }]]);
  const uid = context.mounts.canOwn ? onlyUser(context) : undefined;
  return new Map([[projection.path, uid === undefined ? { data, mode } : { data, mode: 0o600, uid }]]);
}

function onlyUser({ pod }: VolumeContext): number | undefined {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const shared = pod.spec.securityContext?.runAsUser;
  const users = new Set(containers.map(({ securityContext }) => securityContext?.runAsUser ?? shared));
  return users.size === 1 ? [...users][0] : undefined;
}
