/** Refuses nodes to which a CSI driver can attach no more volumes (CSINode says how many it can). */
import type { PersistentVolumeClaim, Pod } from '../../../api/groups/core.v1.ts';
import type { CSINode } from '../../../api/groups/storage.v1.ts';
import { equalJson } from '../../equal-json.ts';
import type { ClusterEvent, Plugin, Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import { isOwnedBy, podClaims, usesClaim } from '../../pod-claims.ts';
import type { PodInfo } from '../../pod-info.ts';
import { storageClassOf, type Volumes } from '../../volumes.ts';

const refusal: Refusal = { reasons: ['node(s) exceed max volume count'], preemptible: true };

/** Volumes by what tells them apart, with the driver that attaches each. */
type Attached = Map<string, string>;

export const nodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  helpedBy: ['node added', 'assigned pod deleted', 'volume changed'],
  helps,
  preFilter({ pod }, table) {
    const wanted: Attached = new Map();
    if (podClaims(pod).length > 0) addVolumes(wanted, pod, table.volumes);
    if (wanted.size === 0) return { type: 'skip' };
    return { type: 'filter', filter: (row) => (exceeds(wanted, table, row) ? refusal : undefined) };
  },
};

function helps({ pod }: PodInfo, { pod: gone, about }: ClusterEvent): boolean {
  if (gone !== undefined) return podClaims(gone.pod).length > 0;
  if (about === undefined) return true;
  const { object, previous, isGone } = about;
  switch (object.kind) {
    case 'CSINode':
      return !isGone && !equalJson(previous === undefined ? {} : driversOf(previous), driversOf(object));
    case 'VolumeAttachment':
      return isGone;
    case 'PersistentVolumeClaim':
      return previous === undefined && !isGone && usesClaim(pod, object.metadata);
    default:
      return false;
  }
}

function driversOf(object: object): CSINode['spec']['drivers'] {
  return (object as CSINode).spec.drivers;
}

function exceeds(wanted: Attached, table: NodeTable, row: number): boolean {
  const { volumes } = table;
  const limits = limitsOf(table.name(row), volumes);
  if (limits.size === 0) return false;
  const attached: Attached = new Map();
  for (const other of table.pods(row).values()) addVolumes(attached, other.pod, volumes);
  for (const { spec } of volumes.attachmentsOn(table.name(row))) {
    const volume = volumes.volume(spec.source.persistentVolumeName ?? '')?.spec.csi;
    if (volume !== undefined) attached.set(volumeKey(volume.driver, volume.volumeHandle), volume.driver);
  }
  for (const [driver, limit] of limits) {
    const more = [...wanted].filter(([key, by]) => by === driver && !attached.has(key)).length;
    const now = [...attached.values()].filter((by) => by === driver).length;
    if (more > 0 && now + more > limit) return true;
  }
  return false;
}

function limitsOf(nodeName: string, volumes: Volumes): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of volumes.csiNode(nodeName)?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

function addVolumes(to: Attached, pod: Pod, volumes: Volumes): void {
  for (const { name, ephemeral } of podClaims(pod)) {
    const claim = volumes.claim(pod.metadata.namespace, name);
    if (claim === undefined || (ephemeral && !isOwnedBy(claim, pod))) continue;
    const csi = volumes.volume(claim.spec.volumeName ?? '')?.spec.csi;
    if (csi !== undefined) to.set(volumeKey(csi.driver, csi.volumeHandle), csi.driver);
    else addExpected(to, claim, volumes);
  }
}

/** A claim without a volume will get one from its class's driver. */
function addExpected(to: Attached, claim: PersistentVolumeClaim, volumes: Volumes): void {
  if (volumes.volume(claim.spec.volumeName ?? '') !== undefined) return;
  const driver = volumes.storageClass(storageClassOf(claim))?.provisioner;
  if (driver === undefined || driver === '') return;
  to.set(volumeKey(driver, `${claim.metadata.namespace}/${claim.metadata.name}`), driver);
}

function volumeKey(driver: string, handle: string): string {
  return `${driver}/${handle}`;
}
