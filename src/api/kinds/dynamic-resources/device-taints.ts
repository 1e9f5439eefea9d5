/** Taints keep claims away from devices, and end pods that use them, unless they are tolerated. */
import type { Draft } from '../../descriptor.ts';
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { DeviceTaint, ResourceSlice } from '../../groups/resource.v1.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { formatTime } from '../../time.ts';

export const taintEffects = ['NoExecute', 'NoSchedule', 'None'];

export function deviceTaintErrors({ key, value = '', effect }: DeviceTaint, field: string): readonly FieldError[] {
  const errors: FieldError[] = qualifiedNameErrors(key).map((text) => invalid(`${field}.key`, key, text));
  if (value !== '') errors.push(...labelValueErrors(value).map((text) => invalid(`${field}.value`, value, text)));
  if (effect === '') return [...errors, requiredField(`${field}.effect`)];
  return taintEffects.includes(effect) ? errors : [...errors, notSupported(`${field}.effect`, effect, taintEffects)];
}

/** Taints are there since they are written, unless they say otherwise. */
export function dateTaints({ spec }: Draft<ResourceSlice>, nowMs: number): void {
  for (const { taints = [] } of spec.devices ?? []) for (const taint of taints) taint.timeAdded ??= formatTime(nowMs);
}
