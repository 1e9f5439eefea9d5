/** Templates of pods in workloads. */
import { forbidden, type FieldError } from '../../field-error.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import { annotationsErrors, labelsErrors } from '../../object-meta.ts';
import { podAnnotationErrors, seccompMatchErrors } from './annotations.ts';
import { appArmorMatchErrors } from './app-armor.ts';
import { podSpecErrors } from './spec.ts';

export function podTemplateErrors(template: PodTemplateSpec, field: string): readonly FieldError[] {
  const { metadata = {}, spec } = template;
  const { labels, annotations } = metadata;
  return [
    ...labelsErrors(labels, `${field}.labels`),
    ...annotationsErrors(annotations, `${field}.annotations`),
    ...podAnnotationErrors(annotations, spec, `${field}.annotations`),
    ...podSpecErrors(spec, `${field}.spec`),
    ...seccompMatchErrors(annotations, spec, `${field}.spec`),
    ...appArmorMatchErrors(annotations, spec, `${field}.spec`),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}
