/**
 * Who makes a volume for a claim. Kubernetes' own provisioners have all moved to CSI drivers: a class that still names one is
 * served by the driver that took over; whatever else begins with `kubernetes.io/` makes nothing.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import type { StorageClass } from '../../api/groups/storage.v1.ts';
import { driverInPlaceOf } from '../built-in-provisioners.ts';
import type { EventNote } from '../controller.ts';
import {
  classOf,
  migratedTo,
  oldStorageProvisioner,
  provisionedBy,
  storageProvisioner,
} from '../volume-annotations.ts';

export type ProvisioningPlan =
  /** Names the provisioner on the claim, and tells that it is waited for. */
  | { readonly type: 'ask'; readonly provisioner: string; readonly event: EventNote }
  /** Nothing is written. */
  | { readonly type: 'tell'; readonly event: EventNote };

/** On a volume that a built-in provisioner would delete itself, and that lives now with a driver. */
const builtInFinalizer = 'kubernetes.io/pv-controller';

export function planProvisioning(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
): ProvisioningPlan {
  if (storageClass === undefined) return failed(`storageclass.storage.k8s.io "${classOf(claim)}" not found`);
  const { provisioner } = storageClass;
  const external = driverInPlaceOf(provisioner) ?? (provisioner.startsWith('kubernetes.io/') ? undefined : provisioner);
  if (external === undefined) return failed(refusalOf(provisioner));
  const who = `either by the external provisioner '${external}' or manually by the system administrator`;
  const check = 'If volume creation is delayed, please verify that the provisioner is running and correctly registered';
  const message = `Waiting for a volume to be created ${who}. ${check}.`;
  return {
    type: 'ask',
    provisioner: external,
    event: { type: 'Normal', reason: 'ExternalProvisioning', message },
  };
}

function refusalOf(provisioner: string): string {
  if (provisioner === 'kubernetes.io/host-path') {
    return `Failed to create provisioner: provisioning in volume plugin "${provisioner}" is disabled`;
  }
  return `no volume plugin matched name: ${provisioner}`;
}

function failed(message: string): ProvisioningPlan {
  const event: EventNote = { type: 'Warning', reason: 'ProvisioningFailed', message };
  return { type: 'tell', event };
}

/** The claim with its provisioner's name on it, or itself. */
export function namingProvisioner(claim: PersistentVolumeClaim, provisioner: string): PersistentVolumeClaim {
  const before = claim.metadata.annotations;
  if (before?.[storageProvisioner] === provisioner) return claim;
  const annotations = { ...before, [oldStorageProvisioner]: provisioner, [storageProvisioner]: provisioner };
  return withMigration({ ...claim, metadata: { ...claim.metadata, annotations } });
}

/** With the driver's name where a driver took over, without one where none did; the object itself when that is so. */
export function withMigration<T extends PersistentVolume | PersistentVolumeClaim>(object: T): T {
  const { annotations = {} } = object.metadata;
  const provisioner =
    annotations[provisionedBy] ?? annotations[storageProvisioner] ?? annotations[oldStorageProvisioner];
  if (provisioner === undefined) return object;
  const driver = driverInPlaceOf(provisioner);
  const { [migratedTo]: before, ...rest } = annotations;
  if (before === driver) return object;
  const changed = driver === undefined ? rest : { ...rest, [migratedTo]: driver };
  return { ...object, metadata: { ...object.metadata, annotations: changed } };
}

/** A driver's volume is not held for the provisioner that was built in. */
export function withoutBuiltInFinalizer(volume: PersistentVolume): PersistentVolume {
  const { finalizers = [], annotations } = volume.metadata;
  const isDrivers = driverInPlaceOf(annotations?.[provisionedBy] ?? '') !== undefined;
  if (!isDrivers || !finalizers.includes(builtInFinalizer)) return volume;
  const kept = finalizers.filter((name) => name !== builtInFinalizer);
  return { ...volume, metadata: { ...volume.metadata, finalizers: kept } };
}
