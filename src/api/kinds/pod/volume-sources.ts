/**
 * Sources of volumes, of those kinds that pods and persistent volumes have in common. Many name services that no node
 * mounts any more: objects with them are stored all the same, so they are checked.
 */
import { forbidden, invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
} from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { within } from '../number-errors.ts';
import { backstepErrors } from './volume-mounts.ts';

export const onlyOneSource = 'may not specify more than 1 volume type';
const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const highestLun = 255;

/** A source that must say something under each of these names. */
export function givenErrors(source: object, names: readonly string[], field: string): readonly FieldError[] {
  const values = source as Readonly<Record<string, unknown>>;
  return names.flatMap((name) => (isGiven(values[name]) ? [] : [requiredField(`${field}.${name}`)]));
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
}

export function hostPathErrors({ path, type }: HostPathVolumeSource, field: string): readonly FieldError[] {
  if (path === '') return [requiredField(`${field}.path`)];
  return [
    ...backstepErrors(path, `${field}.path`),
    ...(type != null && !hostPathTypes.includes(type) ? [notSupported(`${field}.type`, type, hostPathTypes)] : []),
  ];
}

export function diskErrors(disk: GCEPersistentDiskVolumeSource, field: string): readonly FieldError[] {
  return [...givenErrors(disk, ['pdName'], field), ...partitionErrors(disk, field)];
}

export function blockStoreErrors(disk: AWSElasticBlockStoreVolumeSource, field: string): readonly FieldError[] {
  return [...givenErrors(disk, ['volumeID'], field), ...partitionErrors(disk, field)];
}

/** Zero is taken for none, but the text knows nothing of it. */
function partitionErrors(
  { partition = 0 }: { readonly partition?: number | undefined },
  field: string,
): readonly FieldError[] {
  return partition < 0 || partition > 255
    ? [invalid(`${field}.partition`, partition, 'must be between 1 and 255, inclusive')]
    : [];
}

export function nfsErrors(nfs: NFSVolumeSource, field: string): readonly FieldError[] {
  const errors = givenErrors(nfs, ['server', 'path'], field);
  const { path } = nfs;
  return path.startsWith('/') ? errors : [...errors, invalid(`${field}.path`, path, 'must be an absolute path')];
}

const anyScheme = 'must be valid format starting with iqn, eui, or naa';
const schemes: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

/** `nameErrors`: what else is wrong, told between the portal and the target, where names are counted together. */
export function iscsiErrors(
  iscsi: ISCSIVolumeSource,
  field: string,
  ofVolume: { readonly schemeText: string; readonly nameErrors?: readonly FieldError[] } = { schemeText: anyScheme },
): readonly FieldError[] {
  const { iqn, lun, initiatorName, chapAuthDiscovery, chapAuthSession, secretRef } = iscsi;
  const errors: FieldError[] = [...givenErrors(iscsi, ['targetPortal'], field), ...(ofVolume.nameErrors ?? [])];
  if (iqn === '') errors.push(requiredField(`${field}.iqn`));
  else {
    const pattern = schemes[iqn.slice(0, 3)];
    if (pattern === undefined) errors.push(invalid(`${field}.iqn`, iqn, ofVolume.schemeText));
    else if (!pattern.test(iqn)) errors.push(invalid(`${field}.iqn`, iqn, 'must be valid format'));
  }
  errors.push(...within(lun, 0, highestLun, `${field}.lun`));
  if ((chapAuthDiscovery === true || chapAuthSession === true) && secretRef == null) {
    errors.push(requiredField(`${field}.secretRef`));
  }
  if (secretRef != null && ofVolume.nameErrors !== undefined) {
    errors.push(...givenErrors(secretRef, ['name'], `${field}.secretRef`));
  }
  return initiatorName == null ? errors : [...errors, ...initiatorErrors(initiatorName, `${field}.initiatorname`)];
}

function initiatorErrors(name: string, field: string): readonly FieldError[] {
  const pattern = schemes[name.slice(0, 3)];
  if (pattern === undefined) return [invalid(field, name, anyScheme)];
  return pattern.test(name) ? [] : [invalid(field, name, 'must be valid format')];
}

/** An initiator is found under the name of its volume and the portal. */
export function isLongInitiator(volumeName: string, { initiatorName, targetPortal }: ISCSIVolumeSource): boolean {
  return initiatorName != null && Buffer.byteLength(`${volumeName}:${targetPortal}`) > 64;
}

export const longInitiatorText =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

export function fibreChannelErrors(
  { targetWWNs = [], wwids = [], lun }: FCVolumeSource,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.targetWWNs`;
  if (targetWWNs.length + wwids.length === 0) {
    errors.push(requiredField(at, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (targetWWNs.length === 0) return errors;
  if (lun == null) errors.push(requiredField(`${field}.lun`, 'lun is required if targetWWNs is specified'));
  else errors.push(...within(lun, 0, highestLun, `${field}.lun`));
  return errors;
}

export function flockerErrors(
  { datasetName = '', datasetUUID = '' }: FlockerVolumeSource,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (datasetName === '' && datasetUUID === '') {
    errors.push(requiredField(field, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) errors.push(invalid(`${field}.datasetName`, datasetName, "must not contain '/'"));
  return errors;
}

export function quobyteErrors(
  { registry, tenant = '', volume }: QuobyteVolumeSource,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(requiredField(`${field}.registry`, pairs));
  else if (Buffer.byteLength(tenant) >= 65) {
    errors.push(requiredField(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    const bad = registry.split(',').filter((pair) => !/^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair));
    errors.push(...bad.map(() => invalid(`${field}.registry`, registry, pairs)));
  }
  if (volume === '') errors.push(requiredField(`${field}.volume`));
  return errors;
}

/** Options are the driver's own, but for names that Kubernetes keeps. */
export function flexErrors(flex: Pick<FlexVolumeSource, 'driver' | 'options'>, field: string): readonly FieldError[] {
  const reserved = Object.keys(flex.options ?? {})
    .toSorted()
    .filter((key) => /\.(kubernetes|k8s)\.io$/i.test(`.${key.split('/')[0] ?? ''}`));
  return [
    ...givenErrors(flex, ['driver'], field),
    ...reserved.map((key) =>
      invalid(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'),
    ),
  ];
}

export function azureDiskErrors(disk: AzureDiskVolumeSource, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...givenErrors(disk, ['diskName', 'diskURI'], field)];
  const { cachingMode, kind, diskURI } = disk;
  const modes = ['None', 'ReadOnly', 'ReadWrite'];
  if (cachingMode != null && !modes.includes(cachingMode)) {
    errors.push(notSupported(`${field}.cachingMode`, cachingMode, modes));
  }
  const kinds = ['Dedicated', 'Managed', 'Shared'];
  if (kind != null && !kinds.includes(kind)) errors.push(notSupported(`${field}.kind`, kind, kinds));
  const managed = kind === 'Managed';
  if (kind != null && !diskURI.startsWith(managed ? '/subscriptions/' : 'https://')) {
    const form = managed
      ? '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
      : 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
    errors.push(notSupported(`${field}.diskURI`, diskURI, [form]));
  }
  return errors;
}

/** `secretNames`: what a reference to a secret must say. */
export function storageOsErrors(
  storage: Pick<StorageOSVolumeSource, 'volumeName' | 'volumeNamespace'> & { readonly secretRef?: object | undefined },
  secretNames: readonly string[],
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [...givenErrors(storage, ['volumeName'], field)];
  for (const name of ['volumeName', 'volumeNamespace'] as const) {
    const value = storage[name];
    if (value) errors.push(...dnsLabelErrors(value).map((text) => invalid(`${field}.${name}`, value, text)));
  }
  const { secretRef } = storage;
  return secretRef == null ? errors : [...errors, ...givenErrors(secretRef, secretNames, `${field}.secretRef`)];
}

/** The name of a CSI driver. */
export function driverNameErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field)];
  const errors: FieldError[] = name.length > 63 ? [tooLong(field, 63)] : [];
  for (const text of dnsSubdomainErrors(name.toLowerCase())) errors.push(invalid(field, name, text));
  return errors;
}

/** One source alone: each further one is refused at `place`, unchecked. */
export function oneSourceErrors<Name extends string>(
  present: readonly Name[],
  check: (name: Name) => readonly FieldError[],
  place: (name: Name) => string,
): readonly FieldError[] {
  return present.flatMap((name, index) => (index > 0 ? [forbidden(place(name), onlyOneSource)] : check(name)));
}
