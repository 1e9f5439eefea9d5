import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { nanosOf } from '../pod/resources.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

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
  errors.push(...classErrors(spec.storageClassName, `${field}.storageClassName`));
  errors.push(...volumeModeErrors(spec.volumeMode, `${field}.volumeMode`), ...sourceErrors(spec, field));
  return [...errors, ...classErrors(spec.volumeAttributesClassName, `${field}.volumeAttributesClassName`)];
}

function classErrors(name: string | undefined, field: string): readonly FieldError[] {
  return name ? dnsSubdomainErrors(name).map((text) => invalid(field, name, text)) : [];
}

export function accessModeErrors(modes: readonly string[], field: string): readonly FieldError[] {
  const errors = modes
    .filter((mode) => !accessModes.includes(mode))
    .map((mode) => notSupported(field, mode, accessModes));
  const others = modes.filter((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others.length > 0) {
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
  if (dataSource != null) errors.push(...referenceErrors(dataSource, `${field}.dataSource`));
  if (dataSourceRef != null) errors.push(...referenceErrors(dataSourceRef, `${field}.dataSourceRef`));
  const namespace = dataSourceRef?.namespace;
  if (namespace) {
    const at = `${field}.dataSourceRef.namespace`;
    errors.push(...dnsLabelErrors(namespace).map((text) => invalid(at, namespace, text)));
    if (dataSource != null) {
      errors.push(invalid(field, {}, 'may not be specified when dataSourceRef.namespace is specified'));
    }
  } else if (dataSource != null && dataSourceRef != null && !isSameReference(dataSource, dataSourceRef)) {
    errors.push(invalid(field, {}, 'must match dataSourceRef'));
  }
  return errors;
}

type Reference = NonNullable<PersistentVolumeClaimSpec['dataSource']>;

function referenceErrors({ name, kind, apiGroup = '' }: Reference, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(requiredField(`${field}.name`));
  if (kind === '') errors.push(requiredField(`${field}.kind`));
  if (!apiGroup && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup) {
    errors.push(...dnsSubdomainErrors(apiGroup).map((text) => invalid(`${field}.apiGroup`, apiGroup, text)));
  }
  return errors;
}

/** A group that is not said is another than the empty one. */
function isSameReference(a: Reference, b: Reference): boolean {
  return a.kind === b.kind && a.name === b.name && (a.apiGroup ?? null) === (b.apiGroup ?? null);
}
