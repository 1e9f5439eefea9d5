/** Which changes of what storage is made of can help a pod whose volumes could not be had. */
import type { CSIDriver, CSIStorageCapacity, StorageClass } from '../../../api/groups/storage.v1.ts';
import { parseQuantity, quantityToNumber } from '../../../api/quantity.ts';
import { equalJson } from '../../equal-json.ts';
import type { ClusterEvent } from '../../framework.ts';
import { usesClaim } from '../../pod-claims.ts';
import type { PodInfo } from '../../pod-info.ts';

export function volumeHelps({ pod }: PodInfo, { about }: ClusterEvent): boolean {
  if (about === undefined) return true;
  const { object, previous, isGone } = about;
  if (isGone) return false;
  switch (object.kind) {
    case 'PersistentVolume':
      return true;
    case 'PersistentVolumeClaim':
      return usesClaim(pod, object.metadata);
    case 'StorageClass':
      return previous === undefined || !equalJson(topologiesOf(object), topologiesOf(previous));
    case 'CSIDriver':
      return previous !== undefined && publishesCapacity(previous) && !publishesCapacity(object);
    case 'CSIStorageCapacity':
      return previous === undefined || limitOf(object) > limitOf(previous);
    default:
      return previous === undefined && object.kind === 'CSINode';
  }
}

function topologiesOf(object: object): StorageClass['allowedTopologies'] {
  return (object as StorageClass).allowedTopologies;
}

function publishesCapacity(object: object): boolean {
  return (object as CSIDriver).spec.storageCapacity === true;
}

function limitOf(object: object): number {
  const { capacity, maximumVolumeSize = capacity } = object as CSIStorageCapacity;
  return maximumVolumeSize === undefined ? -1 : quantityToNumber(parseQuantity(maximumVolumeSize));
}
