/** Templates of pods in workloads. */
import { forbidden, type FieldError } from '../../field-error.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import { annotationsErrors, labelsErrors } from '../../object-meta.ts';
import { podSpecErrors } from './spec.ts';

export function podTemplateErrors(template: PodTemplateSpec, field: string): readonly FieldError[] {
  const { metadata = {}, spec } = template;
  return [
    ...labelsErrors(metadata.labels, `${field}.labels`),
    ...annotationsErrors(metadata.annotations, `${field}.annotations`),
    ...podSpecErrors(spec, `${field}.spec`),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}
