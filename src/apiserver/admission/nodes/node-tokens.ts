/**
 * A node gets tokens of service accounts for pods that run on it, and for audiences that these pods are meant to speak to:
 * by a projected volume, or by a CSI driver that asks for such tokens. Others are granted by the verb below.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import { isApiError } from '../../../api/api-error.ts';
import type { TokenRequest } from '../../../api/groups/authentication.v1.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../../api/groups/core.v1.ts';
import type { CSIDriver } from '../../../api/groups/storage.v1.ts';
import { lookUp, podOf, type Asked, type NodeWorld, type Rule } from './asked.ts';

const audienceVerb = 'request-serviceaccounts-token-audience';

export const aboutToken: Rule = (request, world) => {
  if (request.operation !== 'CREATE') return undefined;
  const { boundObjectRef: bound, audiences } = (request.object as unknown as TokenRequest).spec;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || (bound.name ?? '') === '') {
    return 'node requested token not bound to a pod';
  }
  if ((bound.uid ?? '') === '') return 'node requested token with a pod binding without a uid';
  const pod = podOf(request, world, bound.name ?? '');
  if (pod.metadata.uid !== bound.uid) {
    const uids = `the UID in the bound object reference (${bound.uid}) does not match the UID in record`;
    return `${uids}. The object might have been deleted and then recreated`;
  }
  return pod.spec.nodeName === request.nodeName
    ? aboutAudience(request, world, pod, audiences ?? [])
    : 'node requested token bound to a pod scheduled on a different node';
};

async function aboutAudience(
  request: Asked,
  world: NodeWorld,
  pod: Pod,
  audiences: readonly string[],
): Promise<string | undefined> {
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences';
  const [audience = ''] = audiences;
  await Promise.all([world.claims, world.volumes, world.drivers].map(({ cache }) => cache.ready()));
  const missing: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    try {
      if (isMeantFor(world, pod, volume, audience)) return undefined;
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
      missing.push(error.message);
    }
  }
  if (missing.length > 0) {
    const all = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
    return `error validating audience ${JSON.stringify(audience)}: ${all}`;
  }
  if (await isGranted(request, world, audience)) return undefined;
  const { name } = request.user;
  return `audience ${JSON.stringify(audience)} not found in pod spec volume, ${name} is not authorized to request tokens for this audience`;
}

/** @throws ApiError NotFound for what the volume leads to */
function isMeantFor(world: NodeWorld, pod: Pod, volume: Volume, audience: string): boolean {
  const sources = volume.projected?.sources ?? [];
  const tokens = sources.flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
  if (tokens.some((token) => (token.audience ?? '') === audience)) return true;
  const driver = driverOf(world, pod, volume);
  if (driver === undefined) return false;
  const { tokenRequests } = lookUp<CSIDriver>(world.drivers, undefined, driver).spec;
  return (tokenRequests ?? []).some((asked) => asked.audience === audience);
}

/** The CSI driver that mounts the volume, named by the volume or found behind its claim. */
function driverOf({ claims, volumes }: NodeWorld, { metadata }: Pod, volume: Volume): string | undefined {
  const { csi, ephemeral, persistentVolumeClaim, name } = volume;
  if (csi !== undefined) return csi.driver;
  const claimName = ephemeral === undefined ? persistentVolumeClaim?.claimName : `${metadata.name}-${name}`;
  if (claimName === undefined) return undefined;
  const { volumeName = '' } = lookUp<PersistentVolumeClaim>(claims, metadata.namespace, claimName).spec;
  if (volumeName === '') return undefined;
  return lookUp<PersistentVolume>(volumes, undefined, volumeName).spec.csi?.driver;
}

async function isGranted({ user, namespace, name }: Asked, world: NodeWorld, audience: string): Promise<boolean> {
  const resource = { group: '', version: 'v1', resource: audience, subresource: '', namespace: namespace ?? '', name };
  const decision = await world.authorizer.decide({ user, verb: audienceVerb, path: '', resource });
  return decision?.allowed === true;
}
