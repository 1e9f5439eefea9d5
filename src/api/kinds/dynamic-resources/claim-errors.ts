/** Devices that are asked for, and those a node has, checked. */
import { duplicate, invalid, notSupported, requiredField, tooMany, type FieldError } from '../../field-error.ts';
import type {
  DeviceClass,
  DeviceRequest,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from '../../groups/resource.v1.ts';
import { ResourceClaims, ResourceClaimTemplates } from '../../resources.ts';
import { samePlain } from '../../equality.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { goShape } from '../go-shape.ts';

const maxRequests = 32;
const maxSelectors = 32;
const maxDevices = 128;
const maxDriverLength = 63;

export function resourceClaimErrors({ spec }: ResourceClaim): readonly FieldError[] {
  return requestsErrors(spec.devices?.requests ?? [], 'spec.devices.requests');
}

export function resourceClaimUpdateErrors(
  claim: ResourceClaim,
  old: ResourceClaim,
  { subresource }: { readonly subresource: string },
): readonly FieldError[] {
  if (subresource !== '' || samePlain(claim.spec, old.spec)) return [];
  const type = ResourceClaims.kind.fields['spec']?.type;
  const shown = type === undefined ? null : goShape(type, claim.spec);
  return [invalid('spec', shown, 'field is immutable')];
}

export function claimTemplateErrors({ spec }: ResourceClaimTemplate): readonly FieldError[] {
  return requestsErrors(spec.spec.devices?.requests ?? [], 'spec.spec.devices.requests');
}

export function claimTemplateUpdateErrors(
  template: ResourceClaimTemplate,
  old: ResourceClaimTemplate,
): readonly FieldError[] {
  if (samePlain(template.spec, old.spec)) return [];
  const type = ResourceClaimTemplates.kind.fields['spec']?.type;
  const shown = type === undefined ? null : goShape(type, template.spec);
  return [invalid('spec', shown, 'field is immutable')];
}

export function deviceClassErrors({ spec }: DeviceClass): readonly FieldError[] {
  return selectorErrors(spec.selectors ?? [], 'spec.selectors');
}

export function sliceErrors({ spec }: ResourceSlice): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { driver, pool, nodeName, nodeSelector, allNodes, perDeviceNodeSelection, devices = [] } = spec;
  errors.push(...driverErrors(driver, 'spec.driver'), ...poolErrors(pool, 'spec.pool'));
  const places = [!!nodeName, nodeSelector != null, allNodes === true, perDeviceNodeSelection === true];
  const given = places.filter((place) => place).length;
  const choices = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (nodeName) errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid('spec.nodeName', nodeName, text)));
  if (given === 0) errors.push(requiredField('spec', choices));
  if (given > 1) errors.push(invalid('spec', null, `${choices}, but multiple fields are set`));
  if (devices.length > maxDevices) errors.push(tooMany('spec.devices', devices.length, maxDevices));
  for (const [index, { name }] of devices.entries()) {
    errors.push(...labelErrors(name, `spec.devices[${index}].name`));
    if (name !== '' && devices.findIndex((each) => each.name === name) < index) {
      errors.push(duplicate(`spec.devices[${index}].name`, name));
    }
  }
  return errors;
}

export function sliceUpdateErrors(slice: ResourceSlice, old: ResourceSlice): readonly FieldError[] {
  const errors: FieldError[] = [...sliceErrors(slice)];
  const same = (field: string, after: unknown, before: unknown): void => {
    if (!samePlain(after, before)) errors.push(invalid(field, after ?? null, 'field is immutable'));
  };
  same('spec.driver', slice.spec.driver, old.spec.driver);
  same('spec.pool.name', slice.spec.pool.name, old.spec.pool.name);
  same('spec.nodeName', slice.spec.nodeName ?? null, old.spec.nodeName ?? null);
  return errors;
}

function requestsErrors(requests: readonly DeviceRequest[], field: string): readonly FieldError[] {
  const errors: FieldError[] = requests.flatMap((request, index) => {
    const item = `${field}[${index}]`;
    const taken = requests.findIndex((each) => each.name === request.name) < index;
    return [
      ...requestErrors(request, item),
      ...(taken && request.name !== '' ? [duplicate(`${item}.name`, request.name)] : []),
    ];
  });
  return requests.length > maxRequests ? [tooMany(field, requests.length, maxRequests), ...errors] : errors;
}

function requestErrors({ name, exactly, firstAvailable = [] }: DeviceRequest, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...labelErrors(name, `${field}.name`)];
  const choices = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly == null && firstAvailable.length === 0) errors.push(requiredField(field, choices));
  if (exactly != null && firstAvailable.length > 0) {
    errors.push(invalid(field, null, `${choices}, but multiple fields are set`));
  }
  if (exactly != null) errors.push(...optionErrors(exactly, `${field}.exactly`));
  for (const [index, option] of firstAvailable.entries()) {
    const item = `${field}.firstAvailable[${index}]`;
    errors.push(...labelErrors(option.name, `${item}.name`), ...optionErrors(option, item));
  }
  return errors;
}

type Option = Pick<ExactDeviceRequest, 'deviceClassName' | 'selectors' | 'allocationMode' | 'count'>;

function optionErrors({ deviceClassName, selectors, allocationMode = '', count }: Option, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.deviceClassName`;
  if (deviceClassName === '') errors.push(requiredField(at));
  else errors.push(...dnsSubdomainErrors(deviceClassName).map((text) => invalid(at, deviceClassName, text)));
  errors.push(...selectorErrors(selectors ?? [], `${field}.selectors`));
  const amount = Number(count ?? 0);
  if (allocationMode === 'All') {
    if (amount !== 0) {
      errors.push(invalid(`${field}.count`, amount, "must not be specified when allocationMode is 'All'"));
    }
  } else if (allocationMode === 'ExactCount') {
    if (amount <= 0) errors.push(invalid(`${field}.count`, amount, 'must be greater than zero'));
  } else errors.push(notSupported(`${field}.allocationMode`, allocationMode, ['All', 'ExactCount']));
  return errors;
}

function selectorErrors(
  selectors: readonly { readonly cel?: { readonly expression: string } | null | undefined }[],
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = selectors.flatMap(({ cel }, index) => {
    if (cel == null) return [requiredField(`${field}[${index}].cel`)];
    return cel.expression === '' ? [requiredField(`${field}[${index}].cel.expression`)] : [];
  });
  return selectors.length > maxSelectors ? [tooMany(field, selectors.length, maxSelectors), ...errors] : errors;
}

function labelErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field)];
  return dnsLabelErrors(name).map((text) => invalid(field, name, text));
}

function driverErrors(driver: string, field: string): readonly FieldError[] {
  if (driver === '') return [requiredField(field)];
  const errors: FieldError[] = dnsSubdomainErrors(driver).map((text) => invalid(field, driver, text));
  if (driver.length > maxDriverLength) {
    errors.push({
      type: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${maxDriverLength} bytes`,
    });
  }
  return errors;
}

function poolErrors(pool: ResourceSlice['spec']['pool'], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name } = pool;
  if (name === '') errors.push(requiredField(`${field}.name`));
  else {
    for (const part of name.split('/')) {
      errors.push(...dnsSubdomainErrors(part).map((text) => invalid(`${field}.name`, part, text)));
    }
  }
  const count = Number(pool.resourceSliceCount);
  const generation = Number(pool.generation);
  if (count <= 0) errors.push(invalid(`${field}.resourceSliceCount`, count, 'must be greater than zero'));
  if (generation < 0) {
    errors.push(invalid(`${field}.generation`, generation, 'must be greater than or equal to zero'));
  }
  return errors;
}
