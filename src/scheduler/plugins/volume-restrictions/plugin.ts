/**
 * Keeps pods apart that must not share a volume: disks that only one node may write to, and claims that only one pod in
 * the whole cluster may use (ReadWriteOncePod).
 */
import type { Pod, Volume } from '../../../api/groups/core.v1.ts';
import type { ClusterEvent, Plugin, Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import { podClaims, usesClaim } from '../../pod-claims.ts';
import type { PodInfo } from '../../pod-info.ts';

const diskTaken: Refusal = { reasons: ['node(s) had no available disk'], preemptible: true };
const claimTaken: Refusal = {
  reasons: ['node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'],
  preemptible: true,
};

export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  helpedBy: ['node added', 'assigned pod deleted', 'volume changed'],
  helps,
  preFilter(pod, table) {
    const disks = (pod.pod.spec.volumes ?? []).filter(isDisk);
    const claims: string[] = [];
    for (const { name, ephemeral } of podClaims(pod.pod)) {
      if (ephemeral) continue;
      const claim = table.volumes.claim(pod.namespace, name);
      if (claim === undefined) return { type: 'refuse', message: `persistentvolumeclaim "${name}" not found` };
      if (claim.spec.accessModes?.includes('ReadWriteOncePod') === true) claims.push(name);
    }
    if (disks.length === 0 && claims.length === 0) return { type: 'skip' };
    const users = claimUsers(table);
    return {
      type: 'filter',
      filter(row) {
        for (const other of table.pods(row).values()) {
          if (disks.some((disk) => collides(disk, other.pod))) return diskTaken;
        }
        return claims.some((name) => (users.get(`${pod.namespace}/${name}`) ?? 0) > 0) ? claimTaken : undefined;
      },
    };
  },
};

/** A pod that went must have held something that this one wants; a claim that came must be its own. */
function helps({ pod, namespace }: PodInfo, { pod: gone, about }: ClusterEvent): boolean {
  if (gone !== undefined) {
    if ((pod.spec.volumes ?? []).some((volume) => isDisk(volume) && collides(volume, gone.pod))) return true;
    return podClaims(pod).some(({ name }) => usesClaim(gone.pod, { namespace, name }));
  }
  if (about === undefined) return true;
  const { object, previous, isGone } = about;
  const isNew = previous === undefined && !isGone;
  return isNew && object.kind === 'PersistentVolumeClaim' && usesClaim(pod, object.metadata);
}

const byTable = new WeakMap<NodeTable, ReadonlyMap<string, number>>();

/** How many pods with a node use a claim, kept as they come and go. */
function claimUsers(table: NodeTable): ReadonlyMap<string, number> {
  const known = byTable.get(table);
  if (known !== undefined) return known;
  const users = new Map<string, number>();
  byTable.set(table, users);
  table.observePods(({ pod, namespace }, _row, delta) => {
    for (const { name } of podClaims(pod)) {
      const key = `${namespace}/${name}`;
      const count = (users.get(key) ?? 0) + delta;
      if (count === 0) users.delete(key);
      else users.set(key, count);
    }
  });
  return users;
}

function isDisk({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume): boolean {
  return [gcePersistentDisk, awsElasticBlockStore, iscsi, rbd].some((disk) => disk !== undefined);
}

function collides(volume: Volume, { spec }: Pod): boolean {
  return (spec.volumes ?? []).some((other) => sameDisk(volume, other));
}

/** Two volumes are one disk, and not both only read it. */
function sameDisk(a: Volume, b: Volume): boolean {
  const bothRead = (
    one: { readonly readOnly?: boolean | undefined },
    two: { readonly readOnly?: boolean | undefined },
  ): boolean => one.readOnly === true && two.readOnly === true;
  if (a.gcePersistentDisk !== undefined && b.gcePersistentDisk !== undefined) {
    const same = a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName;
    if (same && !bothRead(a.gcePersistentDisk, b.gcePersistentDisk)) return true;
  }
  if (a.awsElasticBlockStore !== undefined && a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore?.volumeID) {
    return true;
  }
  if (a.iscsi !== undefined && b.iscsi !== undefined) {
    if (a.iscsi.iqn === b.iscsi.iqn && !bothRead(a.iscsi, b.iscsi)) return true;
  }
  if (a.rbd === undefined || b.rbd === undefined) return false;
  const { monitors, pool, image } = b.rbd;
  const sameImage =
    a.rbd.pool === pool && a.rbd.image === image && a.rbd.monitors.some((one) => monitors.includes(one));
  return sameImage && !bothRead(a.rbd, b.rbd);
}
