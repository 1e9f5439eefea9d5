/**
 * Who makes a volume larger when its claim asks for more. None of the volumes that Kubernetes itself knows can be: those of CSI
 * drivers are resized by the drivers, others by whoever made them. So this controller tells what is waited for, and names the
 * driver where one took over from a provisioner that was built in.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { driverInPlaceOf } from '../built-in-provisioners.ts';

export type ExpansionPlan =
  | { readonly type: 'nothing' }
  | { readonly type: 'wait'; readonly message: string; readonly resizer?: string };

/** Which built-in kind of volume each source was. */
const builtIn: Readonly<Record<string, string>> = {
  awsElasticBlockStore: 'kubernetes.io/aws-ebs',
  azureDisk: 'kubernetes.io/azure-disk',
  azureFile: 'kubernetes.io/azure-file',
  cinder: 'kubernetes.io/cinder',
  gcePersistentDisk: 'kubernetes.io/gce-pd',
  portworxVolume: 'kubernetes.io/portworx-volume',
  vsphereVolume: 'kubernetes.io/vsphere-volume',
};

/** @throws when the claim's volume is another's */
export function planExpansion(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): ExpansionPlan {
  if (!wantsMore(claim)) return { type: 'nothing' };
  const { name } = claim.metadata;
  if (volume === undefined) throw new Error(`failed to get pv "${claim.spec.volumeName ?? ''}" for pvc "${name}"`);
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) {
    throw new Error(`persistent Volume is not bound to PVC being updated : ${claim.metadata.namespace}/${name}`);
  }
  const [, plugin] = Object.entries(builtIn).find(([source]) => source in volume.spec) ?? [];
  const resizer = plugin === undefined ? undefined : driverInPlaceOf(plugin);
  if (plugin === undefined || resizer === undefined) {
    return { type: 'wait', message: 'waiting for an external controller to expand this PVC' };
  }
  const message = `CSI migration enabled for ${plugin}; waiting for external resizer to expand the pvc`;
  return { type: 'wait', message, resizer };
}

/** A bound claim asks for more than it has. */
export function wantsMore({ spec, status }: PersistentVolumeClaim): boolean {
  const wanted = spec.resources?.requests?.['storage'];
  const has = status.capacity?.['storage'];
  if (status.phase !== 'Bound' || wanted === undefined || has === undefined) return false;
  return compareQuantities(parseQuantity(wanted), parseQuantity(has)) > 0;
}
