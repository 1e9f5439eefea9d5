import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { PersistentVolumeClaimSpec, type PersistentVolumeClaim } from '../../groups/core.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { nanosOf } from '../pod/resources.ts';
import { labelSelectorErrors } from '../selector-errors.ts';
import { claimDifference } from './claim-difference.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function claimErrors({ spec }: PersistentVolumeClaim): readonly FieldError[] {
  return claimSpecErrors(spec, 'spec');
}

export function claimSpecErrors(spec: PersistentVolumeClaimSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(requiredField(`${field}.accessModes`, 'at least 1 access mode is required'));
  errors.push(...labelSelectorErrors(spec.selector, `${field}.selector`));
  errors.push(...accessModeErrors(modes, `${field}.accessModes`));
  const size = spec.resources?.requests?.['storage'];
  if (size === undefined) errors.push(requiredField(`${field}.resources[storage]`));
  else if (nanosOf(size) <= 0n) errors.push(invalid(`${field}.resources[storage]`, size, 'must be greater than zero'));
  for (const name of ['storageClassName', 'volumeAttributesClassName'] as const) {
    const value = spec[name];
    if (value) errors.push(...dnsSubdomainErrors(value).map((text) => invalid(`${field}.${name}`, value, text)));
    if (name === 'storageClassName') errors.push(...volumeModeErrors(spec.volumeMode, `${field}.volumeMode`));
  }
  return [...errors, ...sourceErrors(spec, field)];
}

export function accessModeErrors(modes: readonly string[], field: string): readonly FieldError[] {
  const errors = modes
    .filter((mode) => !accessModes.includes(mode))
    .map((mode) => notSupported(field, mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(forbidden(field, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

export function volumeModeErrors(mode: string | undefined, field: string): readonly FieldError[] {
  return mode == null || ['Block', 'Filesystem'].includes(mode)
    ? []
    : [notSupported(field, mode, ['Block', 'Filesystem'])];
}

function sourceErrors({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, source] of [
    ['dataSource', dataSource],
    ['dataSourceRef', dataSourceRef],
  ] as const) {
    if (source == null) continue;
    const at = `${field}.${name}`;
    if (source.name === '') errors.push(requiredField(`${at}.name`));
    if (source.kind === '') errors.push(requiredField(`${at}.kind`));
    if ((source.apiGroup ?? '') === '' && source.kind !== 'PersistentVolumeClaim') {
      errors.push(invalid(at, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
    }
  }
  if (dataSource != null && dataSourceRef != null && !dataSourceRef.namespace) {
    const same =
      dataSource.kind === dataSourceRef.kind &&
      dataSource.name === dataSourceRef.name &&
      (dataSource.apiGroup ?? '') === (dataSourceRef.apiGroup ?? '');
    if (!same) errors.push(invalid(field, {}, 'must match dataSourceRef'));
  }
  return errors;
}

/** A claim that is bound may grow; the name of its volume is set once. */
export function claimUpdateErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const errors = [...claimErrors(claim)];
  const wanted: Record<string, unknown> = { ...claim.spec };
  const carry = (name: keyof PersistentVolumeClaimSpec): void => {
    if (old.spec[name] === undefined) delete wanted[name];
    else wanted[name] = old.spec[name];
  };
  if (!old.spec.volumeName) carry('volumeName');
  if (old.spec.storageClassName == null) carry('storageClassName');
  const bound = old.status.phase === 'Bound';
  const storage = old.spec.resources?.requests?.['storage'];
  const size = claim.spec.resources?.requests?.['storage'];
  if (bound) {
    carry('resources');
    carry('volumeAttributesClassName');
  }
  if (!sameValue(PersistentVolumeClaimSpec, wanted, old.spec)) {
    const detail = `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims`;
    errors.push(
      forbidden('spec', `${detail}\n${claimDifference(old.spec, wanted as unknown as PersistentVolumeClaimSpec)}`),
    );
  }
  if (bound && storage !== undefined && size !== undefined && nanosOf(size) < nanosOf(storage)) {
    const capacity = old.status.capacity?.['storage'];
    if (capacity === undefined || nanosOf(size) <= nanosOf(capacity)) {
      errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
    }
  }
  return errors;
}
