import { forbidden, type FieldError } from '../../field-error.ts';
import type { PersistentVolumeClaimTemplate } from '../../groups/core.v1.ts';
import type { ObjectMeta } from '../../groups/meta.v1.ts';
import { annotationsErrors, labelsErrors } from '../../object-meta.ts';
import { claimSpecErrors } from './claim-errors.ts';

/** Of metadata nothing but labels and annotations goes to the claim that is made. */
const refused = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The template of the claim that is made for a volume of a pod. */
export function volumeClaimTemplateErrors(
  { metadata, spec }: PersistentVolumeClaimTemplate,
  field: string,
): readonly FieldError[] {
  return [...templateMetadataErrors(metadata, `${field}.metadata`), ...claimSpecErrors(spec, `${field}.spec`)];
}

/** What a template says of the metadata of the claims, of volumes or of devices, that are made after it. */
export function templateMetadataErrors(
  metadata: Partial<ObjectMeta> | undefined,
  field: string,
): readonly FieldError[] {
  const given = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return [
    ...annotationsErrors(metadata?.annotations, `${field}.annotations`),
    ...labelsErrors(metadata?.labels, `${field}.labels`),
    ...refused
      .filter((name) => isSet(given[name]))
      .map((name) => forbidden(`${field}.${name === 'uid' ? 'uID' : name}`, 'cannot be set')),
  ];
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0;
}
