import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import {
  PersistentVolumeSource,
  VolumeNodeAffinity,
  type PersistentVolume,
  type PersistentVolumeSpec,
  type Volume,
} from '../../groups/core.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { goShape } from '../go-shape.ts';
import { lineDifference } from '../line-difference.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { nanosOf } from '../pod/resources.ts';
import { driverNameErrors, volumeSourceErrors } from '../pod/volumes.ts';
import { backstepErrors } from '../pod/volume-mounts.ts';
import { accessModeErrors, volumeModeErrors } from './claim-errors.ts';

const onlyOne = 'may not specify more than 1 volume type';
const sourceNames = Object.keys(PersistentVolumeSource.fields) as (keyof PersistentVolumeSource)[];

export function volumeErrors({ spec }: PersistentVolume): readonly FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(requiredField('spec.accessModes'));
  errors.push(...accessModeErrors(modes, 'spec.accessModes'), ...capacityErrors(spec.capacity));
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  const policies = ['Delete', 'Recycle', 'Retain'];
  if (policy !== '' && !policies.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, policies));
  }
  errors.push(...affinityErrors(spec), ...sourceErrors(spec));
  if (spec.hostPath != null && /^\/+$/.test(spec.hostPath.path) && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  const { storageClassName } = spec;
  if (storageClassName) {
    errors.push(
      ...dnsSubdomainErrors(storageClassName).map((text) => invalid('spec.storageClassName', storageClassName, text)),
    );
  }
  return [...errors, ...volumeModeErrors(spec.volumeMode, 'spec.volumeMode')];
}

function capacityErrors(capacity: Readonly<Record<string, string>> | undefined): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.push(requiredField('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage')
    errors.push(notSupported('spec.capacity', capacity ?? null, ['storage']));
  const size = capacity?.['storage'];
  if (size !== undefined && nanosOf(size) <= 0n) {
    errors.push(invalid('spec.capacity[storage]', size, 'must be greater than zero'));
  }
  return errors;
}

function affinityErrors({ nodeAffinity, local }: PersistentVolumeSpec): readonly FieldError[] {
  if (nodeAffinity == null) {
    return local == null ? [] : [requiredField('spec.nodeAffinity', 'Local volume requires node affinity')];
  }
  return nodeAffinity.required == null
    ? [requiredField('spec.nodeAffinity.required', 'must specify required node constraints')]
    : nodeSelectorErrors(nodeAffinity.required, 'spec.nodeAffinity.required');
}

function sourceErrors(spec: PersistentVolumeSpec): readonly FieldError[] {
  const given = sourceOrder.filter((name) => spec[name] != null);
  if (given.length === 0) return [requiredField('spec', 'must specify a volume type')];
  return given.flatMap((name, index) =>
    index > 0 ? [forbidden(`spec.${name}`, onlyOne)] : oneSourceErrors(spec, name),
  );
}

/** Sources of a pod's volumes are checked as there; two are known to persistent volumes alone. */
const sourceOrder: readonly (keyof PersistentVolumeSource)[] = [
  'hostPath',
  ...sourceNames.filter((name) => name !== 'hostPath'),
];

function oneSourceErrors(spec: PersistentVolumeSpec, name: keyof PersistentVolumeSource): readonly FieldError[] {
  const field = `spec.${name}`;
  switch (name) {
    case 'local':
      return spec.local?.path === ''
        ? [requiredField(`${field}.path`)]
        : backstepErrors(spec.local?.path ?? '', `${field}.path`);
    case 'csi':
      return [
        ...driverNameErrors(spec.csi?.driver ?? '', `${field}.driver`),
        ...(spec.csi?.volumeHandle === '' ? [requiredField(`${field}.volumeHandle`)] : []),
      ];
    default:
      return volumeSourceErrors(spec as unknown as Volume, name as keyof Volume, field);
  }
}

export function volumeUpdateErrors(volume: PersistentVolume, old: PersistentVolume): readonly FieldError[] {
  const errors = [...volumeErrors(volume)];
  if (!sameValue(PersistentVolumeSource, volume.spec, old.spec)) {
    const difference = lineDifference(shownSource(old.spec), shownSource(volume.spec));
    const detail = `spec.persistentvolumesource is immutable after creation\n${difference}`;
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  if ((volume.spec.volumeMode ?? '') !== (old.spec.volumeMode ?? '')) {
    errors.push(invalid('spec.volumeMode', volume.spec.volumeMode ?? null, 'field is immutable'));
  }
  const before = old.spec.nodeAffinity;
  if (before != null && !sameValue(VolumeNodeAffinity, volume.spec.nodeAffinity, before)) {
    const shown = volume.spec.nodeAffinity == null ? null : goShape(VolumeNodeAffinity, volume.spec.nodeAffinity);
    errors.push(invalid('nodeAffinity', shown, 'field is immutable'));
  }
  return errors;
}

function shownSource(spec: PersistentVolumeSpec): string {
  return JSON.stringify(goShape(PersistentVolumeSource, spec), null, 1);
}
