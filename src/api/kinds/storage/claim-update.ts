/**
 * What may change in a claim: its volume is named once, its class when it had none, and a claim that is bound may ask
 * for more or for other attributes.
 */
import { sameValue } from '../../equality.ts';
import type { Draft } from '../../descriptor.ts';
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { PersistentVolumeClaimSpec, type PersistentVolumeClaim } from '../../groups/core.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { isNative, nanosOf } from '../pod/resources.ts';
import { amountErrors } from './amount-errors.ts';
import { claimDifference } from './claim-difference.ts';
import { claimErrors } from './claim-errors.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const immutable = 'field is immutable';

export function claimUpdateErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const errors = [...claimErrors(claim)];
  if (!movesToField(claim, old)) errors.push(...annotationErrors(claim, old));
  const [before, after] = comparable(claim, old);
  if (!sameValue(PersistentVolumeClaimSpec, after, before)) {
    const detail = `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims`;
    errors.push(forbidden('spec', `${detail}\n${claimDifference(before, after)}`));
  }
  if (storageOf(claim.spec) < storageOf(old.spec)) {
    const capacity = old.status.capacity?.['storage'];
    if (storageOf(claim.spec) <= nanosOf(capacity ?? '0')) {
      errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
    }
  }
  if (claim.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(invalid('volumeMode', claim.spec.volumeMode ?? null, immutable));
  }
  const attributes = claim.spec.volumeAttributesClassName;
  if (old.spec.volumeAttributesClassName != null && !attributes) {
    const what = attributes == null ? 'nil' : 'an empty string';
    errors.push(forbidden('spec.volumeAttributesClassName', `update from non-nil value to ${what} is forbidden`));
  }
  return errors;
}

function annotationErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const after = claim.metadata.annotations?.[classAnnotation] ?? '';
  const before = old.metadata.annotations?.[classAnnotation] ?? '';
  return after === before ? [] : [invalid(`metadata.annotations.${classAnnotation}`, after, immutable)];
}

/** The class was an annotation and becomes a field of the same value. */
function movesToField({ metadata, spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[classAnnotation];
  const after = metadata.annotations?.[classAnnotation];
  return (
    before !== undefined &&
    old.spec.storageClassName == null &&
    spec.storageClassName === before &&
    (after === undefined || after === before)
  );
}

/** Both specs with what may change made equal. */
function comparable(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): readonly [before: PersistentVolumeClaimSpec, after: PersistentVolumeClaimSpec] {
  const before = structuredClone(old.spec) as Draft<PersistentVolumeClaimSpec>;
  const after = structuredClone(claim.spec) as Draft<PersistentVolumeClaimSpec>;
  if (!old.spec.volumeName) carry(before, after, 'volumeName');
  const annotated = old.metadata.annotations?.[classAnnotation];
  if (old.spec.storageClassName == null && (annotated === undefined || annotated === after.storageClassName)) {
    delete after.storageClassName;
  }
  if (claim.status.phase === 'Bound') {
    if (after.resources?.requests !== undefined) {
      after.resources.requests['storage'] = old.spec.resources?.requests?.['storage'] ?? '0';
    }
    if (after.volumeAttributesClassName != null) carry(after, before, 'volumeAttributesClassName');
  }
  return [before, after];
}

function carry(
  to: Draft<PersistentVolumeClaimSpec>,
  from: Draft<PersistentVolumeClaimSpec>,
  name: 'volumeName' | 'volumeAttributesClassName',
): void {
  const value = from[name];
  if (value === undefined) delete to[name];
  else to[name] = value;
}

function storageOf({ resources }: PersistentVolumeClaimSpec): bigint {
  return nanosOf(resources?.requests?.['storage'] ?? '0');
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].toSorted();

export function claimStatusErrors({ spec, status }: PersistentVolumeClaim): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) errors.push(requiredField('Spec.accessModes'));
  for (const [resource, text] of sorted(status.capacity)) {
    errors.push(...amountErrors(text, `status.capacity[${resource}]`));
  }
  for (const [resource, state] of sorted(status.allocatedResourceStatuses)) {
    const field = 'status.allocatedResourceStatus';
    errors.push(...resourceKeyErrors(resource, field));
    if (!resizeStates.includes(state)) errors.push(notSupported(field, resource, resizeStates));
  }
  for (const [resource, text] of sorted(status.allocatedResources)) {
    const field = 'status.allocatedResources';
    const keyErrors = resourceKeyErrors(resource, field);
    errors.push(...(keyErrors.length > 0 ? keyErrors : amountErrors(text, `${field}[${resource}]`)));
  }
  return errors;
}

function resourceKeyErrors(resource: string, field: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(resource).map((text) => invalid(field, resource, text));
  if (errors.length > 0) return errors;
  return isNative(resource) && resource !== 'storage' ? [notSupported(field, resource, ['storage'])] : [];
}

function sorted(amounts: Readonly<Record<string, string>> | undefined): readonly (readonly [string, string])[] {
  return Object.entries(amounts ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
