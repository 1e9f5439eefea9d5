import {
  duplicate,
  forbidden,
  internal,
  invalid,
  notSupported,
  requiredField,
  type FieldError,
} from '../../field-error.ts';
import type { Node, Taint } from '../../groups/core.v1.ts';
import { isCidr, labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { rangeErrorsOf } from '../ip-errors.ts';
import { goJsonError, goMismatch } from './go-json-error.ts';
import { configStatusErrors, declaredFeatureErrors, swapErrors } from './node-status-errors.ts';
import { quantityErrors } from '../pod/resources.ts';

/** The original names the metadata, though they stand in the spec. */
const taintField = 'metadata.taints';
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const oldTaints = 'scheduler.alpha.kubernetes.io/taints';
const avoidPods = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

interface AvoidedPods {
  readonly preferAvoidPods?: readonly {
    readonly podSignature?: { readonly podController?: { readonly controller?: boolean } | null };
  }[];
}

/** Annotations of the past that are still checked: taints, and pods of which controllers a node would rather not have. */
function annotationErrors({ metadata }: Node): readonly FieldError[] {
  const { [oldTaints]: taints = '', [avoidPods]: avoided = '' } = metadata.annotations ?? {};
  return [...(taints === '' ? [] : annotatedTaintErrors(taints)), ...(avoided === '' ? [] : avoidedErrors(avoided))];
}

/** Taints as they were before there was a field for them. */
function annotatedTaintErrors(text: string): readonly FieldError[] {
  const field = 'metadata.annotations';
  const wrong = goJsonError(text);
  if (wrong !== undefined) return [invalid(field, oldTaints, wrong)];
  const parsed = JSON.parse(text) as unknown;
  if (parsed !== null && !Array.isArray(parsed)) {
    return [invalid(field, oldTaints, goMismatch(parsed, 'value of type []core.Taint'))];
  }
  const odd = (parsed ?? []).find(
    (item: unknown) => item !== null && (typeof item !== 'object' || Array.isArray(item)),
  );
  if (odd !== undefined) return [invalid(field, oldTaints, goMismatch(odd, 'value of type core.Taint'))];
  const taints = ((parsed ?? []) as readonly (object | null)[]).map((item): Taint => {
    const given = Object.fromEntries(Object.entries(item ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const word = (name: string): string => (typeof given[name] === 'string' ? (given[name] as string) : '');
    return { key: word('key'), value: word('value'), effect: word('effect') };
  });
  return taintErrors(taints, `${field}.${oldTaints}`);
}

function avoidedErrors(text: string): readonly FieldError[] {
  const field = 'metadata.annotations';
  const wrong = goJsonError(text);
  if (wrong !== undefined) return [invalid(`${field}.AvoidPods`, avoidPods, wrong)];
  const { preferAvoidPods } = (JSON.parse(text) ?? {}) as AvoidedPods;
  return (Array.isArray(preferAvoidPods) ? preferAvoidPods : []).flatMap((entry, index) => {
    const at = `${field}.${avoidPods}[${index}].PodSignature`;
    const controller = entry?.podSignature?.podController;
    if (controller == null) return [requiredField(at)];
    return controller.controller === true
      ? []
      : [invalid(`${at}.PodController.Controller`, false, 'must point to a controller')];
  });
}

export function nodeErrors(node: Node): readonly FieldError[] {
  const ranges = node.spec.podCIDRs ?? [];
  const field = 'spec.podCIDRs';
  return [
    ...annotationErrors(node),
    ...taintErrors(node.spec.taints ?? [], taintField),
    ...resourceErrors(node),
    ...swapErrors(node),
    ...declaredFeatureErrors(node),
    ...ranges.flatMap((range, index) => rangeErrorsOf(range, `${field}[${index}]`)),
    ...(ranges.length > 1 ? familyErrors(ranges, field) : []),
  ];
}

/** Two ranges are one of each family. */
function familyErrors(ranges: readonly string[], field: string): readonly FieldError[] {
  // What is read here may have leading zeros.
  const bad = ranges.findIndex((range) => !isCidr(range.replaceAll(/(^|\.)0+(?=\d)/g, '$1')));
  const families = new Set(bad < 0 ? ranges.map((range) => range.includes(':')) : []);
  const unread = `invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${ranges[bad] ?? ''})`;
  return [
    ...(bad < 0 ? [] : [internal(field, `invalid PodCIDRs. failed to check with dual stack with error:${unread}`)]),
    ...(families.size < 2 || ranges.length > 2
      ? [invalid(field, ranges, 'may specify no more than one CIDR for each IP family')]
      : []),
    ...[...repeats(ranges)].map((index) => duplicate(`${field}[${index}]`, ranges[index])),
  ];
}

function resourceErrors({ status }: Node): readonly FieldError[] {
  return [
    ...amountsErrors(status.capacity ?? {}, 'status.capacity'),
    ...amountsErrors(status.allocatable ?? {}, 'status.allocatable'),
  ];
}

export function nodeUpdateErrors(node: Node, old: Node): readonly FieldError[] {
  const errors: FieldError[] = [
    ...annotationErrors(node),
    ...resourceErrors(node),
    ...declaredFeatureErrors(node),
    ...addressErrors(node),
  ];
  const before = old.spec.podCIDRs ?? [];
  const after = node.spec.podCIDRs ?? [];
  const changes = before.length === after.length ? before.filter((range, index) => range !== after[index]).length : 1;
  for (let count = 0; before.length > 0 && count < changes; count++) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec.providerID && node.spec.providerID !== old.spec.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  errors.push(...configStatusErrors(node), ...taintErrors(node.spec.taints ?? [], taintField));
  if ((node.spec.externalID ?? '') !== (old.spec.externalID ?? '')) {
    errors.push(forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}

function addressErrors({ status }: Node): readonly FieldError[] {
  const addresses = status.addresses ?? [];
  return addresses.flatMap((address, index) => {
    const first = addresses.findIndex((each) => each.type === address.type && each.address === address.address);
    const shown = { Type: address.type, Address: address.address };
    return first < index ? [duplicate(`status.addresses[${index}]`, shown)] : [];
  });
}

function amountsErrors(amounts: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(amounts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([resource, text]) => quantityErrors(resource, text, `${field}.${resource}`));
}

function taintErrors(taints: readonly Taint[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { key, value = '', effect, timeAdded }] of taints.entries()) {
    const item = `${field}[${index}]`;
    errors.push(...qualifiedNameErrors(key).map((text) => invalid(`${item}.key`, key, text)));
    const texts = labelValueErrors(value);
    if (texts.length > 0) errors.push(invalid(`${item}.value`, value, texts.join(';')));
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
