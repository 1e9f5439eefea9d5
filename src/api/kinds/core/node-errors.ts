import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { Node, Taint } from '../../groups/core.v1.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { samePlain } from '../../equality.ts';
import { rangeErrorsOf } from '../ip-errors.ts';
import { nanosOf } from '../pod/resources.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function nodeErrors({ spec }: Node): readonly FieldError[] {
  const errors: FieldError[] = [...taintErrors(spec.taints ?? [], 'spec.taints')];
  for (const [index, range] of (spec.podCIDRs ?? []).entries()) {
    errors.push(...rangeErrorsOf(range, `spec.podCIDRs[${index}]`));
  }
  return errors;
}

export function nodeUpdateErrors(node: Node, old: Node): readonly FieldError[] {
  const errors: FieldError[] = [
    ...amountsErrors(node.status.capacity ?? {}, 'status.capacity'),
    ...amountsErrors(node.status.allocatable ?? {}, 'status.allocatable'),
  ];
  for (const [index, { type }] of (node.status.addresses ?? []).entries()) {
    const same = (node.status.addresses ?? []).findIndex((each) => samePlain(each, node.status.addresses?.[index]));
    if (same < index) errors.push(duplicate(`status.addresses[${index}]`, type));
  }
  const before = old.spec.podCIDRs ?? [];
  const after = node.spec.podCIDRs ?? [];
  if (before.length > 0 && !samePlain(before, after)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec.providerID && node.spec.providerID !== old.spec.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  return [...errors, ...nodeErrors(node)];
}

function amountsErrors(amounts: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([resource, text]) =>
    nanosOf(text) < 0n ? [invalid(`${field}.${resource}`, text, 'must be greater than or equal to 0')] : [],
  );
}

function taintErrors(taints: readonly Taint[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { key, value = '', effect, timeAdded }] of taints.entries()) {
    const item = `${field}[${index}]`;
    errors.push(...qualifiedNameErrors(key).map((text) => invalid(`${item}.key`, key, text)));
    errors.push(...labelValueErrors(value).map((text) => invalid(`${item}.value`, value, text)));
    if (effect === '') errors.push(requiredField(`${item}.effect`));
    else if (!effects.includes(effect)) errors.push(notSupported(`${item}.effect`, effect, effects));
    const both = `${key}/${effect}`;
    if (seen.has(both)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null };
      const error = duplicate(item, shown);
      errors.push({ ...error, message: `${error.message}: taints must be unique by key and effect pair` });
    }
    seen.add(both);
  }
  return errors;
}
