import { duplicate, forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { LimitRange, LimitRangeItem } from '../../groups/core.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { containerResourceNameErrors, isOvercommitted, nanosOf, resourceNameErrors } from '../pod/resources.ts';

type Amounts = Readonly<Record<string, string>>;

const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim'];
const one = 1_000_000_000n;

export function limitRangeErrors({ spec }: LimitRange): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  for (const [index, item] of (spec.limits ?? []).entries()) {
    const field = `spec.limits[${index}]`;
    errors.push(...typeErrors(item.type, `${field}.type`));
    if (types.has(item.type)) errors.push(duplicate(`${field}.type`, item.type));
    types.add(item.type);
    errors.push(...namesErrors(item, field), ...itemErrors(item, field));
  }
  return errors;
}

function typeErrors(type: string, field: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(type).map((text) => invalid(field, type, text));
  if (errors.length > 0) return errors;
  return type.includes('/') || standardTypes.includes(type)
    ? []
    : [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function namesErrors(item: LimitRangeItem, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const named = (name: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): void => {
    for (const resource of Object.keys(item[name] ?? {}).toSorted()) {
      const at = `${field}.${name}[${resource}]`;
      errors.push(
        ...(item.type === 'Container' || item.type === 'Pod'
          ? containerResourceNameErrors(resource, at)
          : resourceNameErrors(resource, at)),
      );
    }
  };
  named('max');
  named('min');
  if (item.type === 'Pod') {
    const detail = "may not be specified when `type` is 'Pod'";
    if (Object.keys(item.default ?? {}).length > 0) errors.push(forbidden(`${field}.default`, detail));
    if (Object.keys(item.defaultRequest ?? {}).length > 0) errors.push(forbidden(`${field}.defaultRequest`, detail));
  } else {
    named('default');
    named('defaultRequest');
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  ) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(requiredField(`${field}.limits`, detail));
  }
  named('maxLimitRequestRatio');
  return errors;
}

function itemErrors(item: LimitRangeItem, field: string): readonly FieldError[] {
  const { min = {}, max = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = item;
  const limits = item.default ?? {};
  const resources = [min, max, limits, defaultRequest, maxLimitRequestRatio].flatMap((amounts) => Object.keys(amounts));
  return [...new Set(resources)].toSorted().flatMap((resource) => {
    const errors: FieldError[] = [];
    /** `low` must not be above `high`; the error shows `shown` at the list `at`. */
    const order = (
      at: string,
      shown: string | undefined,
      low: readonly [string, Amounts],
      high: readonly [string, Amounts],
    ): void => {
      const a = low[1][resource];
      const b = high[1][resource];
      if (a === undefined || b === undefined || nanosOf(a) <= nanosOf(b)) return;
      errors.push(
        invalid(`${field}.${at}[${resource}]`, shown, `${low[0]} value ${a} is greater than ${high[0]} value ${b}`),
      );
    };
    order('min', min[resource], ['min', min], ['max', max]);
    order('defaultRequest', defaultRequest[resource], ['min', min], ['default request', defaultRequest]);
    order('defaultRequest', defaultRequest[resource], ['default request', defaultRequest], ['max', max]);
    order('defaultRequest', defaultRequest[resource], ['default request', defaultRequest], ['default limit', limits]);
    order('default', min[resource], ['min', min], ['default', limits]);
    order('default', max[resource], ['default', limits], ['max', max]);
    errors.push(...ratioErrors(resource, item, `${field}.maxLimitRequestRatio[${resource}]`));
    const limit = limits[resource];
    const request = defaultRequest[resource];
    if (
      !isOvercommitted(resource) &&
      limit !== undefined &&
      request !== undefined &&
      nanosOf(limit) !== nanosOf(request)
    ) {
      const detail = `default value ${limit} must equal to defaultRequest value ${request} in ${resource}`;
      errors.push(invalid(`${field}.defaultRequest[${resource}]`, request, detail));
    }
    return errors;
  });
}

function ratioErrors(
  resource: string,
  { min, max, maxLimitRequestRatio }: LimitRangeItem,
  field: string,
): readonly FieldError[] {
  const ratio = maxLimitRequestRatio?.[resource];
  if (ratio === undefined) return [];
  const errors: FieldError[] = [];
  if (nanosOf(ratio) < one) errors.push(invalid(field, ratio, `ratio ${ratio} is less than 1`));
  const low = min?.[resource];
  const high = max?.[resource];
  if (low !== undefined && high !== undefined) {
    const bound = Number(nanosOf(high)) / Number(nanosOf(low));
    if (Number(nanosOf(ratio)) / Number(one) > bound) {
      errors.push(invalid(field, ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`));
    }
  }
  return errors;
}
