/** Preparation of workloads: that of all kinds with a status, and of the template of their pods. */
import type { Draft } from '../../descriptor.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import type { KubeObject } from '../../kind.ts';
import type { AnyResource } from '../../resource.ts';
import { dropClosedTemplate } from '../pod/closed-fields.ts';
import { prepareWithStatus, type PrepareOptions } from '../prepare.ts';

type TemplateOf<T> = (object: T) => PodTemplateSpec | null | undefined;

/** `templateOf`: where the template stands. */
export function prepareTemplated<T extends KubeObject>(
  resource: AnyResource,
  templateOf: TemplateOf<T>,
  options?: PrepareOptions,
): ReturnType<typeof prepareWithStatus<T>> {
  const prepared = prepareWithStatus<T>(resource, options);
  const draftOf = (draft: Draft<T>): Draft<PodTemplateSpec> | null | undefined =>
    templateOf(draft as T) as Draft<PodTemplateSpec> | null | undefined;
  return {
    ...prepared,
    prepareForCreate(draft, context) {
      dropClosedTemplate(draftOf(draft));
      prepared.prepareForCreate(draft, context);
    },
    prepareForUpdate(draft, old, context) {
      if (context.subresource === '') dropClosedTemplate(draftOf(draft), templateOf(old));
      prepared.prepareForUpdate(draft, old, context);
    },
  };
}
