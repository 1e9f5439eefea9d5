/**
 * Which objects belong to a node: those that its pods refer to, directly or through a volume, and those that name it.
 *
 *   node ◀── pod ◀── secret, config map, service account, resource claim, volume claim ◀── volume ◀── secret
 *   node ◀── volume attachment, resource slice
 *
 * The pods of each node are kept; everything else is read from the caches when it is asked for, because a kubelet asks
 * seldom and a node has few pods, while every change of a pod in a large cluster would have to be filed.
 */
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { ResourceSlice } from '../../api/groups/resource.v1.ts';
import type { VolumeAttachment } from '../../api/groups/storage.v1.ts';
import type { ResourceCache } from '../registry/cache.ts';
import { volumeClaimsOf, namesOf, volumeSecrets, type Referred } from './pod-references.ts';

export interface NodeCaches {
  readonly pods: ResourceCache;
  readonly volumes: ResourceCache;
  readonly claims: ResourceCache;
  readonly attachments: ResourceCache;
  readonly slices: ResourceCache;
}

export interface NodeObjects {
  hasPod(node: string, namespace: string, name: string): boolean;
  /** A pod of the node names it. */
  isReferred(node: string, resource: Referred, namespace: string, name: string): boolean;
  /** A pod of the node uses the claim that the volume is bound to. */
  usesVolume(node: string, name: string): Promise<boolean>;
  /** It takes this secret to mount a volume of one of the node's pods. */
  mountsWithSecret(node: string, namespace: string, name: string): Promise<boolean>;
  isAttached(node: string, attachment: string): Promise<boolean>;
  ownsSlice(node: string, slice: string): Promise<boolean>;
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';

export function createNodeObjects(caches: NodeCaches): NodeObjects {
  const podsOf = followPods(caches.pods);
  /** A pod that a kubelet made itself gives it no rights. */
  const trusted = (node: string): Pod[] =>
    podsOf(node).filter(({ metadata }) => metadata.annotations?.[mirrorAnnotation] === undefined);
  const isReferred = (node: string, resource: Referred, namespace: string, name: string): boolean =>
    trusted(node).some((pod) => pod.metadata.namespace === namespace && namesOf(pod, resource).includes(name));
  const find = async <T>(cache: ResourceCache, key: string): Promise<T | undefined> => {
    await cache.ready();
    return cache.get(`${cache.prefix}${key}`)?.object as unknown as T | undefined;
  };
  const usesClaimOf = (node: string, volume: PersistentVolume | undefined): boolean => {
    const { namespace = '', name = '' } = volume?.spec.claimRef ?? {};
    return isReferred(node, 'persistentvolumeclaims', namespace, name);
  };
  return {
    hasPod: (node, namespace, name) =>
      podsOf(node).some(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    isReferred,
    usesVolume: async (node, name) => usesClaimOf(node, await find(caches.volumes, name)),
    async mountsWithSecret(node, namespace, name) {
      for (const pod of trusted(node)) {
        for (const claimName of volumeClaimsOf(pod)) {
          if (claimName === undefined) continue;
          const claim = await find<PersistentVolumeClaim>(caches.claims, `${pod.metadata.namespace}/${claimName}`);
          const volume = await find<PersistentVolume>(caches.volumes, claim?.spec.volumeName ?? '');
          if (volume === undefined || !usesClaimOf(node, volume)) continue;
          if (volumeSecrets(volume).includes(`${namespace}/${name}`)) return true;
        }
      }
      return false;
    },
    isAttached: async (node, name) => (await find<VolumeAttachment>(caches.attachments, name))?.spec.nodeName === node,
    ownsSlice: async (node, name) => (await find<ResourceSlice>(caches.slices, name))?.spec.nodeName === node,
  };
}

function followPods(pods: ResourceCache): (node: string) => Pod[] {
  const podsOfNodes = new Map<string, Map<string, Pod>>();
  pods.follow(pods.prefix, ({ type, entry }) => {
    // New pods have no node: they need not be parsed to see that.
    if (!entry.json.includes(nodeNameText)) return;
    const pod = entry.object as unknown as Pod;
    const { nodeName } = pod.spec;
    if (nodeName === undefined || nodeName === '') return;
    const filed = podsOfNodes.get(nodeName) ?? new Map<string, Pod>();
    podsOfNodes.set(nodeName, filed);
    if (type !== 'DELETED') filed.set(pod.metadata.uid, pod);
    else if (filed.delete(pod.metadata.uid) && filed.size === 0) podsOfNodes.delete(nodeName);
  });
  return (node) => [...(podsOfNodes.get(node)?.values() ?? [])];
}

const nodeNameText = '"nodeName":"';
