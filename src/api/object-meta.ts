/**
 * What may stand in the metadata of an object, and what of it may change.
 * Descriptors do not see to this: the server checks metadata first, for all kinds alike.
 */
import { joined } from './joined.ts';
import { samePlain } from './equality.ts';
import { forbidden, invalid, requiredField, tooLong, type FieldError } from './field-error.ts';
import type { ObjectMeta, OwnerReference } from './groups/meta.v1.ts';
import { splitApiVersion } from './message.ts';
import { annotationKeyErrors, dnsLabelErrors, dnsSubdomainErrors } from './name-rules.ts';
import { labelValueErrors, qualifiedNameErrors } from './names.ts';

/** All keys and values of the annotations together. */
const maxAnnotationBytes = 256 * 1024;

export type NameRule = (name: string, prefix: boolean) => readonly string[];

export interface MetaRules {
  readonly namespaced: boolean;
  /** Default: a DNS subdomain. */
  readonly nameErrors?: NameRule | undefined;
  /** Finalizers may be any names, with a domain or without. */
  readonly plainFinalizers?: boolean | undefined;
}

/** `field`: where the metadata stands in the object. */
export function objectMetaErrors(
  meta: Partial<ObjectMeta>,
  rules: MetaRules,
  field = 'metadata',
): readonly FieldError[] {
  return joined(
    nameErrors(meta, rules, field),
    namespaceErrors(meta, rules, field),
    meta.generation !== undefined && meta.generation < 0
      ? [invalid(`${field}.generation`, meta.generation, 'must be greater than or equal to 0')]
      : [],
    labelsErrors(meta.labels, `${field}.labels`),
    annotationsErrors(meta.annotations, `${field}.annotations`),
    ownerErrors(meta.ownerReferences ?? [], `${field}.ownerReferences`),
    finalizersErrors(meta.finalizers ?? [], `${field}.finalizers`, rules.plainFinalizers === true),
  );
}

/** Beside `objectMetaErrors` of the new object. Names, labels, … are checked as for a new object. */
export function objectMetaUpdateErrors(
  meta: Partial<ObjectMeta>,
  old: Partial<ObjectMeta>,
  field = 'metadata',
): readonly FieldError[] {
  return [
    ...newFinalizerErrors(meta, old, `${field}.finalizers`),
    ...(meta.generation !== undefined && meta.generation < (old.generation ?? 0)
      ? [invalid(`${field}.generation`, meta.generation, 'must not be decremented')]
      : []),
    ...(['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
      .filter((name) => !samePlain(meta[name], old[name]))
      .map((name) => invalid(`${field}.${name}`, meta[name] ?? null, 'field is immutable')),
    ...labelsErrors(meta.labels, `${field}.labels`),
    ...annotationsErrors(meta.annotations, `${field}.annotations`),
    ...ownerErrors(meta.ownerReferences ?? [], `${field}.ownerReferences`),
  ];
}

function nameErrors(meta: Partial<ObjectMeta>, rules: MetaRules, field: string): readonly FieldError[] {
  const rule = rules.nameErrors ?? dnsSubdomainErrors;
  const errors: FieldError[] = [];
  if (meta.generateName) {
    for (const text of rule(meta.generateName, true)) {
      errors.push(invalid(`${field}.generateName`, meta.generateName, text));
    }
  }
  if (!meta.name) errors.push(requiredField(`${field}.name`, 'name or generateName is required'));
  else for (const text of rule(meta.name, false)) errors.push(invalid(`${field}.name`, meta.name, text));
  return errors;
}

function namespaceErrors(meta: Partial<ObjectMeta>, rules: MetaRules, field: string): readonly FieldError[] {
  if (!rules.namespaced) {
    return meta.namespace ? [forbidden(`${field}.namespace`, 'not allowed on this type')] : [];
  }
  if (!meta.namespace) return [requiredField(`${field}.namespace`)];
  const { namespace } = meta;
  return dnsLabelErrors(namespace).map((text) => invalid(`${field}.namespace`, namespace, text));
}

export function labelsErrors(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of sortedEntries(labels)) {
    for (const text of qualifiedNameErrors(key)) errors.push(invalid(field, key, text));
    for (const text of labelValueErrors(value)) errors.push(invalid(field, value, text));
  }
  return errors;
}

export function annotationsErrors(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): readonly FieldError[] {
  if (annotations === undefined) return [];
  const entries = sortedEntries(annotations);
  const errors = entries.flatMap(([key]) => annotationKeyErrors(key).map((text) => invalid(field, key, text)));
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (size > maxAnnotationBytes) errors.push(tooLong(field, maxAnnotationBytes));
  return errors;
}

function ownerErrors(owners: readonly OwnerReference[], field: string): readonly FieldError[] {
  if (owners.length === 0) return [];
  const errors = owners.flatMap((owner) => oneOwnerErrors(owner, field));
  const [first, second] = owners.filter(({ controller }) => controller === true);
  if (first !== undefined && second !== undefined) {
    const texts = `${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    errors.push(
      invalid(
        field,
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${texts}`,
      ),
    );
  }
  return errors;
}

function oneOwnerErrors(owner: OwnerReference, field: string): readonly FieldError[] {
  const { group, version } = readApiVersion(owner.apiVersion);
  const errors: FieldError[] = [];
  if (version === '') errors.push(invalid(`${field}.apiVersion`, owner.apiVersion, 'version must not be empty'));
  for (const name of ['kind', 'name', 'uid'] as const) {
    if (owner[name] === '') errors.push(invalid(`${field}.${name}`, '', 'must not be empty'));
  }
  if (group === '' && version === 'v1' && owner.kind === 'Event') {
    errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

function readApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  return apiVersion.split('/').length > 2 ? { group: '', version: '' } : splitApiVersion(apiVersion);
}

/** Finalizers that need no domain. */
export const standardFinalizers: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** One finalizer. `field` names the list in errors of form, `itemField` the item in errors of meaning. */
export function finalizerErrors(value: string, field: string, itemField: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(value).map((text) => invalid(field, value, text));
  if (!value.includes('/') && !standardFinalizers.includes(value)) {
    errors.push(invalid(itemField, value, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
  return errors;
}

function finalizersErrors(finalizers: readonly string[], field: string, plain: boolean): readonly FieldError[] {
  const errors = finalizers.flatMap((value, index) =>
    plain
      ? qualifiedNameErrors(value).map((text) => invalid(field, value, text))
      : finalizerErrors(value, field, `${field}[${index}]`),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function newFinalizerErrors(meta: Partial<ObjectMeta>, old: Partial<ObjectMeta>, field: string): readonly FieldError[] {
  if ((old.deletionTimestamp ?? null) === null) return [];
  const before = new Set(old.finalizers);
  const added = (meta.finalizers ?? []).filter((finalizer) => !before.has(finalizer)).toSorted();
  if (added.length === 0) return [];
  const texts = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbidden(
      field,
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${texts}}`,
    ),
  ];
}

function sortedEntries(record: Readonly<Record<string, string>> | undefined): readonly (readonly [string, string])[] {
  return Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
