/** Volumes of a pod: each has a name and exactly one source. */
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { Volume, PodSpec, HostPathVolumeSource } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { nanosOf } from './resources.ts';
import { downwardItemsErrors, keyItemsErrors, modeErrors, projectedErrors } from './projected-volumes.ts';
import { backstepErrors } from './volume-mounts.ts';

const onlyOne = 'may not specify more than 1 volume type';
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

export function volumesErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const item = `${field}[${index}]`;
    errors.push(...sourceErrors(volume, item));
    const { name } = volume;
    if (name === '') errors.push(requiredField(`${item}.name`));
    else {
      const texts = dnsLabelErrors(name);
      if (texts.length > 0) for (const text of texts) errors.push(invalid(`${item}.name`, name, text));
      else if (names.has(name)) errors.push(duplicate(`${item}.name`, name));
    }
    names.add(name);
  }
  return errors;
}

type Check = (volume: Volume, field: string) => readonly FieldError[];

/** In the order in which a second source is found. */
const sources: readonly (readonly [keyof Volume, Check])[] = [
  [
    'emptyDir',
    (volume, field) => {
      const size = volume.emptyDir?.sizeLimit;
      return size != null && nanosOf(size) < 0n
        ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : [];
    },
  ],
  ['hostPath', (volume, field) => (volume.hostPath == null ? [] : hostPathErrors(volume.hostPath, field))],
  ['gitRepo', (volume, field) => given(volume.gitRepo?.repository, `${field}.repository`)],
  ['gcePersistentDisk', (volume, field) => given(volume.gcePersistentDisk?.pdName, `${field}.pdName`)],
  ['awsElasticBlockStore', (volume, field) => given(volume.awsElasticBlockStore?.volumeID, `${field}.volumeID`)],
  [
    'secret',
    (volume, field) => [
      ...given(volume.secret?.secretName, `${field}.secretName`),
      ...modeErrors(volume.secret?.defaultMode, `${field}.defaultMode`),
      ...keyItemsErrors(volume.secret?.items ?? [], field),
    ],
  ],
  [
    'nfs',
    (volume, field) => [
      ...given(volume.nfs?.server, `${field}.server`),
      ...given(volume.nfs?.path, `${field}.path`),
      ...(volume.nfs?.path && !volume.nfs.path.startsWith('/')
        ? [invalid(`${field}.path`, volume.nfs.path, 'must be an absolute path')]
        : []),
    ],
  ],
  [
    'iscsi',
    (volume, field) => [
      ...given(volume.iscsi?.targetPortal, `${field}.targetPortal`),
      ...given(volume.iscsi?.iqn, `${field}.iqn`),
    ],
  ],
  [
    'glusterfs',
    (volume, field) => [
      ...given(volume.glusterfs?.endpoints, `${field}.endpoints`),
      ...given(volume.glusterfs?.path, `${field}.path`),
    ],
  ],
  ['flocker', () => []],
  ['persistentVolumeClaim', (volume, field) => given(volume.persistentVolumeClaim?.claimName, `${field}.claimName`)],
  [
    'rbd',
    (volume, field) => [
      ...((volume.rbd?.monitors ?? []).length === 0 ? [requiredField(`${field}.monitors`)] : []),
      ...given(volume.rbd?.image, `${field}.image`),
    ],
  ],
  ['cinder', (volume, field) => given(volume.cinder?.volumeID, `${field}.volumeID`)],
  [
    'cephfs',
    (volume, field) => ((volume.cephfs?.monitors ?? []).length === 0 ? [requiredField(`${field}.monitors`)] : []),
  ],
  [
    'quobyte',
    (volume, field) => [
      ...given(volume.quobyte?.registry, `${field}.registry`),
      ...given(volume.quobyte?.volume, `${field}.volume`),
    ],
  ],
  [
    'downwardAPI',
    (volume, field) => [
      ...modeErrors(volume.downwardAPI?.defaultMode, `${field}.defaultMode`),
      ...downwardItemsErrors(volume.downwardAPI?.items ?? [], field),
    ],
  ],
  ['fc', () => []],
  ['flexVolume', (volume, field) => given(volume.flexVolume?.driver, `${field}.driver`)],
  [
    'configMap',
    (volume, field) => [
      ...given(volume.configMap?.name, `${field}.name`),
      ...modeErrors(volume.configMap?.defaultMode, `${field}.defaultMode`),
      ...keyItemsErrors(volume.configMap?.items ?? [], field),
    ],
  ],
  [
    'azureFile',
    (volume, field) => [
      ...given(volume.azureFile?.secretName, `${field}.secretName`),
      ...given(volume.azureFile?.shareName, `${field}.shareName`),
    ],
  ],
  ['vsphereVolume', (volume, field) => given(volume.vsphereVolume?.volumePath, `${field}.volumePath`)],
  ['photonPersistentDisk', (volume, field) => given(volume.photonPersistentDisk?.pdID, `${field}.pdID`)],
  ['portworxVolume', (volume, field) => given(volume.portworxVolume?.volumeID, `${field}.volumeID`)],
  [
    'azureDisk',
    (volume, field) => [
      ...given(volume.azureDisk?.diskName, `${field}.diskName`),
      ...given(volume.azureDisk?.diskURI, `${field}.diskURI`),
    ],
  ],
  ['storageos', () => []],
  ['projected', (volume, field) => (volume.projected == null ? [] : projectedErrors(volume.projected, field))],
  [
    'scaleIO',
    (volume, field) => [
      ...given(volume.scaleIO?.gateway, `${field}.gateway`),
      ...given(volume.scaleIO?.system, `${field}.system`),
      ...given(volume.scaleIO?.volumeName, `${field}.volumeName`),
    ],
  ],
  ['csi', (volume, field) => driverNameErrors(volume.csi?.driver ?? '', `${field}.driver`)],
  [
    'ephemeral',
    (volume, field) =>
      volume.ephemeral?.volumeClaimTemplate == null ? [requiredField(`${field}.volumeClaimTemplate`)] : [],
  ],
  ['image', (volume, field) => given(volume.image?.reference, `${field}.reference`)],
];

function sourceErrors(volume: Volume, item: string): readonly FieldError[] {
  const present = sources.filter(([name]) => volume[name] != null);
  if (present.length === 0) return [requiredField(item, 'must specify a volume type')];
  return present.flatMap(([name, check], index) =>
    index > 0 ? [forbidden(`${item}.${name}`, onlyOne)] : check(volume, `${item}.${name}`),
  );
}

/** The source of that name, checked as in a pod. */
export function volumeSourceErrors(volume: Volume, name: keyof Volume, field: string): readonly FieldError[] {
  return sources.find(([each]) => each === name)?.[1](volume, field) ?? [];
}

function hostPathErrors({ path, type }: HostPathVolumeSource, field: string): readonly FieldError[] {
  if (path === '') return [requiredField(`${field}.path`)];
  return [
    ...backstepErrors(path, `${field}.path`),
    ...(type != null && !hostPathTypes.includes(type) ? [notSupported(`${field}.type`, type, hostPathTypes)] : []),
  ];
}

/** The name of a CSI driver. */
export function driverNameErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field)];
  const errors: FieldError[] = [];
  if (name.length > 63) {
    errors.push({ type: 'FieldValueTooLong', field, message: 'Too long: may not be more than 63 bytes' });
  }
  for (const text of dnsSubdomainErrors(name.toLowerCase())) errors.push(invalid(field, name, text));
  return errors;
}

function given(value: string | undefined, field: string): readonly FieldError[] {
  return value === undefined || value === '' ? [requiredField(field)] : [];
}
