/**
 * Which volumes would serve a pod's claims on a node: volumes that exist and suit a claim, the smallest first, and for
 * the rest new ones, where the class can make them for that node.
 */
import type { Node, NodeSelectorTerm, PersistentVolume, PersistentVolumeClaim } from '../../../api/groups/core.v1.ts';
import type { CSIStorageCapacity, StorageClass } from '../../../api/groups/storage.v1.ts';
import { labelSelectorRequirements, matchesLabels } from '../../../api/label-selector.ts';
import { parseQuantity, quantityToNumber } from '../../../api/quantity.ts';
import { storageClassOf, type Volumes } from '../../volumes.ts';
import { matchesAnyTerm } from '../node-affinity/node-selector.ts';

export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
const bindCompletedAnnotation = 'pv.kubernetes.io/bind-completed';
const noProvisioner = 'kubernetes.io/no-provisioner';

/** A claim that is bound when its pod has a node, with the volumes that could serve it anywhere, smallest first. */
export interface WaitingClaim {
  readonly claim: PersistentVolumeClaim;
  readonly candidates: readonly PersistentVolume[];
}

export interface ClaimsOfPod {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Those that ask for least come first: they take the smallest volumes. */
  readonly waiting: readonly WaitingClaim[];
}

export interface Match {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume;
}

export type Choice =
  | { readonly type: 'refused'; readonly reasons: readonly string[] }
  | {
      readonly type: 'possible';
      readonly matches: readonly Match[];
      readonly provisions: readonly PersistentVolumeClaim[];
    };

const elsewhere = "node(s) didn't match PersistentVolume's node affinity";
const nothingToBind = "node(s) didn't find available persistent volumes to bind";
const notEnoughSpace = 'node(s) did not have enough free storage';
const volumeGone = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

export function chooseVolumes({ bound, waiting }: ClaimsOfPod, volumes: Volumes, node: Node): Choice {
  const reasons: string[] = [];
  const boundReason = refusalOfBound(bound, volumes, node);
  const rest = chooseForWaiting(waiting, volumes, node);
  if (boundReason === elsewhere) reasons.push(elsewhere);
  if (rest.type === 'refused') reasons.push(...rest.reasons);
  if (boundReason === volumeGone) reasons.push(volumeGone);
  return reasons.length === 0 ? rest : { type: 'refused', reasons };
}

export function isFullyBound({ spec, metadata }: PersistentVolumeClaim): boolean {
  return (spec.volumeName ?? '') !== '' && metadata.annotations?.[bindCompletedAnnotation] !== undefined;
}

/** Claims of the class are bound only when a pod that uses them has a node. */
export function waitsForConsumer(claim: PersistentVolumeClaim, volumes: Volumes): boolean {
  const storageClass = volumes.storageClass(storageClassOf(claim));
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && (claim.spec.volumeName ?? '') === '';
}

/** Whether a volume can be reached from the node. */
export function reaches({ spec }: PersistentVolume, node: Node): boolean {
  const terms: readonly NodeSelectorTerm[] | undefined = spec.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || matchesAnyTerm(node, terms);
}

/** Volumes that suit the claim, whatever the node; one that names the claim already is the only one. */
export function candidatesFor(claim: PersistentVolumeClaim, volumes: Volumes): readonly PersistentVolume[] {
  const wanted = storage(claim.spec.resources?.requests);
  const selector = claim.spec.selector === undefined ? [] : (labelSelectorRequirements(claim.spec.selector) ?? []);
  const suiting = volumes.volumesOf(storageClassOf(claim)).filter((volume) => {
    const { claimRef, volumeMode = 'Filesystem', volumeAttributesClassName = '', capacity } = volume.spec;
    if (claimRef !== undefined && !isMeantFor(volume, claim)) return false;
    if (volume.metadata.deletionTimestamp !== undefined) return false;
    if (volumeMode !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
    if (volumeAttributesClassName !== (claim.spec.volumeAttributesClassName ?? '')) return false;
    return storage(capacity) >= wanted;
  });
  const meant = suiting.find((volume) => isMeantFor(volume, claim));
  if (meant !== undefined) return [meant];
  return suiting
    .filter((volume) => volume.status.phase === 'Available' && matchesLabels(selector, volume.metadata.labels))
    .filter(({ spec }) => (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode) === true))
    .toSorted((a, b) => storage(a.spec.capacity) - storage(b.spec.capacity));
}

export function bySize(a: PersistentVolumeClaim, b: PersistentVolumeClaim): number {
  return storage(a.spec.resources?.requests) - storage(b.spec.resources?.requests);
}

function isMeantFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === metadata.uid;
}

function refusalOfBound(bound: readonly PersistentVolumeClaim[], volumes: Volumes, node: Node): string | undefined {
  for (const { spec } of bound) {
    const volume = volumes.volume(spec.volumeName ?? '');
    if (volume === undefined) return volumeGone;
    if (!reaches(volume, node)) return elsewhere;
  }
  return undefined;
}

function chooseForWaiting(waiting: readonly WaitingClaim[], volumes: Volumes, node: Node): Choice {
  const matches: Match[] = [];
  const provisions: PersistentVolumeClaim[] = [];
  const taken = new Set<string>();
  for (const { claim, candidates } of waiting) {
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation];
    if (selected !== undefined && selected !== node.metadata.name) return { type: 'refused', reasons: [nothingToBind] };
    const volume =
      selected === undefined
        ? candidates.find((one) => !taken.has(one.metadata.name) && reaches(one, node))
        : undefined;
    if (volume === undefined) {
      provisions.push(claim);
    } else {
      taken.add(volume.metadata.name);
      matches.push({ claim, volume });
    }
  }
  for (const claim of provisions) {
    const reason = refusalToProvision(claim, volumes, node);
    if (reason !== undefined) return { type: 'refused', reasons: [reason] };
  }
  return { type: 'possible', matches, provisions };
}

function refusalToProvision(claim: PersistentVolumeClaim, volumes: Volumes, node: Node): string | undefined {
  const storageClass = volumes.storageClass(storageClassOf(claim));
  if (storageClass === undefined || storageClass.provisioner === '' || storageClass.provisioner === noProvisioner) {
    return nothingToBind;
  }
  if (!allowsNode(storageClass, node)) return nothingToBind;
  return hasRoom(claim, storageClass, volumes, node) ? undefined : notEnoughSpace;
}

function allowsNode({ allowedTopologies = [] }: StorageClass, { metadata }: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => {
      const value = metadata.labels?.[key];
      return value !== undefined && values.includes(value);
    }),
  );
}

/** Drivers that publish their capacity must have published enough of it for the node. */
function hasRoom(
  claim: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  volumes: Volumes,
  node: Node,
): boolean {
  const requests = claim.spec.resources?.requests;
  if (requests?.['storage'] === undefined) return true;
  if (volumes.csiDriver(provisioner)?.spec.storageCapacity !== true) return true;
  const wanted = storage(requests);
  return volumes.capacitiesOf(metadata.name).some((capacity) => holds(capacity, wanted, node));
}

function holds(
  { capacity, maximumVolumeSize, nodeTopology }: CSIStorageCapacity,
  wanted: number,
  { metadata }: Node,
): boolean {
  const limit = maximumVolumeSize ?? capacity;
  if (limit === undefined || quantityToNumber(parseQuantity(limit)) < wanted) return false;
  const requirements = nodeTopology === undefined ? undefined : labelSelectorRequirements(nodeTopology);
  return requirements !== undefined && matchesLabels(requirements, metadata.labels);
}

function storage(quantities: Readonly<Record<string, string>> | undefined): number {
  const text = quantities?.['storage'];
  return text === undefined ? 0 : quantityToNumber(parseQuantity(text));
}
