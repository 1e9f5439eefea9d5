/**
 * How many pods the controllers of given pods want in all: percentages, and `maxUnavailable`, are of that. The controllers that
 * Kubernetes knows are read from copies, others by their scale.
 */
import { isApiError } from '../../api/api-error.ts';
import type { Deployment, ReplicaSet, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { Pod, ReplicationController } from '../../api/groups/core.v1.ts';
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import { splitApiVersion } from '../../api/message.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { fetchScale, type ResourcesByKind } from '../horizontal-pod-autoscaler/scale-target.ts';
import { controllerOf } from '../owner.ts';

export interface ControllerCopies {
  readonly replicationControllers: Informer<ReplicationController>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly deployments: Informer<Deployment>;
  readonly statefulSets: Informer<StatefulSet>;
}

export interface Demand {
  readonly wanted: number;
  /** Pods without a controller. They do not count. */
  readonly unmanaged: readonly string[];
}

/** What is wanted cannot be told; `message` says why in Kubernetes' words. */
export class DemandError extends Error {}

interface Sized {
  readonly uid: string;
  readonly replicas: number;
}

/** @throws DemandError */
export async function demandOf(
  pods: readonly Pod[],
  copies: ControllerCopies,
  scales: { readonly client: Client; readonly resources: ResourcesByKind },
): Promise<Demand> {
  const sizes = new Map<string, number>();
  const seen = new Set<string>();
  const unmanaged: string[] = [];
  for (const pod of pods) {
    const { name, namespace } = pod.metadata;
    const reference = controllerOf(pod);
    if (reference === undefined) unmanaged.push(name);
    if (reference === undefined || seen.has(reference.uid)) continue;
    seen.add(reference.uid);
    const sized = sizeInCopies(copies, namespace, reference) ?? (await sizeByScale(scales, namespace, reference));
    if (sized === undefined) throw new DemandError(`found no controllers for pod ${JSON.stringify(name)}`);
    sizes.set(sized.uid, sized.replicas);
  }
  return { wanted: [...sizes.values()].reduce((total, size) => total + size, 0), unmanaged };
}

function sizeInCopies(copies: ControllerCopies, namespace: string, reference: OwnerReference): Sized | undefined {
  const { kind, name, uid, apiVersion } = reference;
  const known = <T extends { readonly metadata: { readonly uid: string } }>(one: T | undefined): T | undefined =>
    one?.metadata.uid === uid ? one : undefined;
  switch (`${kind}.${splitApiVersion(apiVersion).group}`) {
    case 'ReplicationController.':
      return sizeOf(known(copies.replicationControllers.get(namespace, name)));
    case 'StatefulSet.apps':
      return sizeOf(known(copies.statefulSets.get(namespace, name)));
    case 'ReplicaSet.apps': {
      const replicaSet = known(copies.replicaSets.get(namespace, name));
      const above = replicaSet === undefined ? undefined : controllerOf(replicaSet);
      if (above?.kind !== 'Deployment') return sizeOf(replicaSet);
      const deployment = copies.deployments.get(namespace, above.name);
      return sizeOf(deployment?.metadata.uid === above.uid ? deployment : replicaSet);
    }
    default:
      return undefined;
  }
}

function sizeOf(
  one:
    | { readonly metadata: { readonly uid: string }; readonly spec: { readonly replicas?: number | undefined } }
    | undefined,
): Sized | undefined {
  return one === undefined ? undefined : { uid: one.metadata.uid, replicas: one.spec.replicas ?? 1 };
}

async function sizeByScale(
  { client, resources }: { readonly client: Client; readonly resources: ResourcesByKind },
  namespace: string,
  { apiVersion, kind, name, uid }: OwnerReference,
): Promise<Sized | undefined> {
  const resource = await resources.find(client, apiVersion, kind).catch((error: unknown) => {
    if (!isApiError(error, 'NotFound')) throw error;
    throw new DemandError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  });
  try {
    const { metadata, spec } = await fetchScale(client, { resource, namespace, name });
    return metadata.uid === uid ? { uid, replicas: spec.replicas ?? 0 } : undefined;
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
    // An answer that names no object is about the path.
    if (error.details?.name !== undefined) return undefined;
    const named = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
    throw new DemandError(`${named} does not implement the scale subresource`);
  }
}
