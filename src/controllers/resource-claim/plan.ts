/**
 * Claims of resources are made from templates, reserved for pods that were put on a node without the scheduler, and given back when
 * the last pod that used them is done: then the claim can be allocated anew, elsewhere. https://kep.k8s.io/4381
 */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { ResourceClaim, ResourceClaimTemplate } from '../../api/groups/resource.v1.ts';
import { Pods } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { isMadeFor, type PodClaim } from './pod-claims.ts';

const entryAnnotation = 'resource.kubernetes.io/pod-claim-name';
const protection = 'resource.kubernetes.io/delete-protection';
const usersMax = 256;
const baseLengthMax = 57;

type NewClaim = Pick<ResourceClaim, 'spec'> & { readonly metadata: object };

/** The claim for one entry of a pod. */
export function claimFromTemplate(pod: Pod, entry: string, { spec }: ResourceClaimTemplate): NewClaim {
  const { name, namespace } = pod.metadata;
  const { labels, annotations } = spec.metadata ?? {};
  return {
    metadata: {
      generateName: baseName(name, entry),
      namespace,
      labels,
      annotations: { ...annotations, [entryAnnotation]: entry },
      ownerReferences: [controllerReference(Pods, pod)],
    },
    spec: spec.spec,
  };
}

/** Both parts stay readable when they are too long together. */
function baseName(pod: string, entry: string): string {
  const whole = `${pod}-${entry}-`;
  if (whole.length <= baseLengthMax) return whole;
  const cut = (part: string) => part.slice(0, Math.floor((part.length * baseLengthMax) / whole.length));
  return `${cut(pod)}-${cut(entry)}`;
}

/** The claim that was made for an entry of the pod before its status could tell. */
export function madeFor(pod: Pod, entry: string, claims: readonly ResourceClaim[]): ResourceClaim | undefined {
  return claims.find((claim) => isMadeFor(claim, pod) && claim.metadata.annotations?.[entryAnnotation] === entry);
}

/** The claim with the pod among its users, if it is allocated and does not know yet. */
export function reservedFor(claim: ResourceClaim, pod: Pod): ResourceClaim | undefined {
  const users = claim.status.reservedFor ?? [];
  const { name, uid } = pod.metadata;
  if (claim.status.allocation == null || users.length >= usersMax) return undefined;
  if (users.some((user) => user.uid === uid)) return undefined;
  return { ...claim, status: { ...claim.status, reservedFor: [...users, { resource: 'pods', name, uid }] } };
}

export interface Cleanup {
  /** With the status to write. */
  readonly status?: ResourceClaim;
  /** After that, with the finalizers to write. */
  readonly finalizers?: readonly string[];
  readonly remove?: true;
}

export interface ClaimState {
  readonly claim: ResourceClaim;
  /** By uid: those among its users that will not use it any more. */
  readonly gone: ReadonlySet<string>;
  /** The pod it was made for will not use it any more, or is no more. */
  readonly isOrphan: boolean;
}

export function planCleanup({ claim, gone, isOrphan }: ClaimState): Cleanup {
  const { metadata } = claim;
  const before = claim.status.reservedFor ?? [];
  const users = before.filter(({ uid }) => !gone.has(uid));
  const deleting = metadata.deletionTimestamp !== undefined;
  const isFreed = users.length === 0 && (before.length > 0 || deleting);
  const { allocation, ...kept } = claim.status;
  const givesBack = isFreed && allocation != null;
  const changed = users.length < before.length || givesBack;
  const status = { ...kept, ...(isFreed || allocation == null ? {} : { allocation }), reservedFor: users };
  const finalizers = metadata.finalizers ?? [];
  const unprotected = finalizers.filter((one) => one !== protection);
  const lifts = isFreed && unprotected.length < finalizers.length;
  return {
    ...(changed ? { status: { ...claim, status } } : {}),
    ...(lifts ? { finalizers: unprotected } : {}),
    ...(users.length === 0 && isOrphan && !deleting ? { remove: true } : {}),
  };
}

/** What the status says of claims made from templates, with one more. */
export function withMade(pod: Pod, made: ReadonlyMap<string, string>) {
  const others = (pod.status.resourceClaimStatuses ?? []).filter(({ name }) => !made.has(name));
  return [...others, ...[...made].map(([name, resourceClaimName]) => ({ name, resourceClaimName }))];
}

export const isMissing = ({ claim, template }: PodClaim, known: ResourceClaim | undefined, pod: Pod): boolean =>
  template !== undefined && (claim === undefined || known === undefined || !isMadeFor(known, pod));
