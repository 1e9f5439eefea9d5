/** What a workload says but should not: told when it is made, and when its generation grows. */
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { podWarnings } from '../pod/warnings.ts';

interface Versioned {
  readonly metadata: { readonly name: string; readonly generation?: number | undefined };
}

/** Pods of the workload are named after it. */
export function podNameWarnings({ metadata }: Versioned, old: Versioned | undefined): string[] {
  const texts = old === undefined ? dnsLabelErrors(metadata.name) : [];
  if (texts.length === 0) return [];
  const advice = 'this is used in Pod names and hostnames, which can result in surprising behavior';
  return [`metadata.name: ${advice}; a DNS label is recommended: [${texts.join(' ')}]`];
}

export function isNewGeneration(object: Versioned, old: Versioned | undefined): boolean {
  return old === undefined || object.metadata.generation !== old.metadata.generation;
}

/** `field`: where the template stands. */
export function templateWarnings(
  template: PodTemplateSpec | null | undefined,
  field: string,
  object: Versioned,
  old: Versioned | undefined,
): readonly string[] {
  return template != null && isNewGeneration(object, old) ? podWarnings(template, `${field}.`) : [];
}
