/**
 * Keeps a pod on nodes that its volumes can be reached from, and gives it volumes where its claims wait for a node.
 *
 *   filter: which volumes would serve the claims there ─▶ reserve: assume them ─▶ preBind: write them, wait until bound
 *
 * Claims of classes that bind at once must be bound before the pod is tried at all.
 */
import type { Pod, PersistentVolumeClaim } from '../../../api/groups/core.v1.ts';
import type { NodeTable } from '../../node-table.ts';
import type { Plugin, Refusal } from '../../framework.ts';
import { isOwnedBy, podClaims } from '../../pod-claims.ts';
import type { PodInfo } from '../../pod-info.ts';
import { assumeChoice, bindVolumes, type AssumedChoice } from './bind-volumes.ts';
import { volumeHelps } from './volume-helps.ts';
import {
  bySize,
  candidatesFor,
  chooseVolumes,
  isFullyBound,
  waitsForConsumer,
  type ClaimsOfPod,
} from './choose-volumes.ts';

type Read = { readonly type: 'refuse'; readonly message: string } | ({ readonly type: 'claims' } & ClaimsOfPod);

const unbound = 'pod has unbound immediate PersistentVolumeClaims';
const defaultTimeoutSeconds = 600;

export interface VolumeBindingArgs {
  /** How long a pod waits for its volumes before it is tried anew. */
  readonly bindTimeoutSeconds?: number | undefined;
}

export function volumeBindingWith({ bindTimeoutSeconds = defaultTimeoutSeconds }: VolumeBindingArgs): Plugin {
  const assumed = new WeakMap<Pod, AssumedChoice>();
  return {
    name: 'VolumeBinding',
    helpedBy: ['node added', 'node labels changed', 'volume changed', 'pod changed'],
    helps: volumeHelps,
    preFilter(pod, table) {
      if (podClaims(pod.pod).length === 0) return { type: 'skip' };
      const read = readClaims(pod, table);
      if (read.type === 'refuse') return read;
      return { type: 'filter', filter: (row) => refusalOf(read, table, row) };
    },
    reserve(pod, nodeName, table) {
      const claims = podClaims(pod.pod).length === 0 ? undefined : readClaims(pod, table);
      if (claims?.type !== 'claims' || claims.waiting.length === 0) return undefined;
      const row = table.row(nodeName);
      const node = row === undefined ? undefined : table.node(row);
      const choice = node === undefined ? undefined : chooseVolumes(claims, table.volumes, node);
      if (choice?.type !== 'possible') return undefined;
      const { made, undo } = assumeChoice(choice, table.volumes, nodeName);
      assumed.set(pod.pod, made);
      return undo;
    },
    preparesFor: ({ pod }) => assumed.has(pod),
    async preBind(context) {
      const made = assumed.get(context.pod);
      if (made !== undefined) await bindVolumes(context, made, bindTimeoutSeconds * 1000);
    },
  };
}

export const volumeBinding = volumeBindingWith({});

function refusalOf(claims: ClaimsOfPod, table: NodeTable, row: number): Refusal | undefined {
  const node = table.node(row);
  if (node === undefined) return undefined;
  const choice = chooseVolumes(claims, table.volumes, node);
  return choice.type === 'refused' ? { reasons: choice.reasons, preemptible: false } : undefined;
}

function readClaims({ pod, namespace }: PodInfo, { volumes }: NodeTable): Read {
  const bound: PersistentVolumeClaim[] = [];
  const waiting: PersistentVolumeClaim[] = [];
  let immediate = false;
  for (const { name, ephemeral } of podClaims(pod)) {
    const claim = volumes.claim(namespace, name);
    const message = claim === undefined ? missing(name, ephemeral) : problemOf(claim);
    if (message !== undefined || claim === undefined) return { type: 'refuse', message: message ?? '' };
    if (ephemeral && !isOwnedBy(claim, pod)) {
      return {
        type: 'refuse',
        message: `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`,
      };
    }
    if (isFullyBound(claim)) bound.push(claim);
    else if (waitsForConsumer(claim, volumes)) waiting.push(claim);
    else immediate = true;
  }
  if (immediate) return { type: 'refuse', message: unbound };
  const ordered = waiting.toSorted(bySize);
  return {
    type: 'claims',
    bound,
    waiting: ordered.map((claim) => ({ claim, candidates: candidatesFor(claim, volumes) })),
  };
}

function missing(name: string, ephemeral: boolean): string {
  return ephemeral
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
    : `persistentvolumeclaim "${name}" not found`;
}

function problemOf({ metadata, spec, status }: PersistentVolumeClaim): string | undefined {
  if (status.phase === 'Lost') {
    return `persistentvolumeclaim "${metadata.name}" bound to non-existent persistentvolume "${spec.volumeName ?? ''}"`;
  }
  return metadata.deletionTimestamp === undefined
    ? undefined
    : `persistentvolumeclaim "${metadata.name}" is being deleted`;
}
