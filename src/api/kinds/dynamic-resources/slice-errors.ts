/** Devices that a node, or a place without one, has: checked. */
import { invalid, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { Device, DeviceAttribute, ResourceSlice } from '../../groups/resource.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import { attributeNameErrors, itemsErrors, deviceNameErrors, poolNameErrors } from './device-names.ts';

const maxDevices = 128;
const maxDescriptions = 32;
const maxAttributeLength = 64;
const version =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** `old`: of an update. */
export function sliceErrors({ spec }: ResourceSlice, old?: ResourceSlice): readonly FieldError[] {
  const { driver, pool, devices = [] } = spec;
  return [
    ...driverNameErrors(driver, 'spec.driver'),
    ...poolErrors(pool, 'spec.pool'),
    ...(old === undefined ? [] : immutableErrors(spec, old.spec)),
    ...placeErrors(spec),
    ...itemsErrors(devices, 'spec.devices', {
      max: maxDevices,
      item: deviceErrors,
      key: ({ name }) => name,
      keyName: 'name',
    }),
  ];
}

function immutableErrors(spec: ResourceSlice['spec'], before: ResourceSlice['spec']): readonly FieldError[] {
  const same = (field: string, after: unknown, old: unknown): readonly FieldError[] =>
    samePlain(after, old) ? [] : [invalid(field, after, 'field is immutable')];
  return [
    ...same('spec.pool.name', spec.pool.name, before.pool.name),
    ...same('spec.driver', spec.driver, before.driver),
    ...same('spec.nodeName', spec.nodeName ?? null, before.nodeName ?? null),
  ];
}

/** A slice says in one way from which nodes its devices can be used. */
function placeErrors(spec: ResourceSlice['spec']): readonly FieldError[] {
  const { nodeName, nodeSelector } = spec;
  const errors: FieldError[] = [];
  const given: string[] = [];
  if (nodeName != null && nodeName !== '') {
    given.push('`nodeName`');
    errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid('spec.nodeName', nodeName, text)));
  } else if (nodeName === '') {
    errors.push(invalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string'));
  }
  if (nodeSelector != null) {
    given.push('`nodeSelector`');
    errors.push(...nodeSelectorErrors(nodeSelector, 'spec.nodeSelector'));
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    if (terms.length !== 1) {
      const why = 'must have exactly one node selector term';
      errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', terms, why));
    }
  }
  for (const name of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[name] === true) given.push(`\`${name}\``);
    else if (spec[name] === false) errors.push(invalid(`spec.${name}`, false, 'must be either unset or set to true'));
  }
  const choices = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (given.length === 0) errors.push(requiredField('spec', choices));
  if (given.length > 1) {
    errors.push(invalid('spec', `{${given.join(', ')}}`, `${choices}, but multiple fields are set`));
  }
  return errors;
}

function poolErrors(pool: ResourceSlice['spec']['pool'], field: string): readonly FieldError[] {
  const errors: FieldError[] = [...poolNameErrors(pool.name, `${field}.name`)];
  const count = Number(pool.resourceSliceCount);
  const generation = Number(pool.generation);
  if (count <= 0) errors.push(invalid(`${field}.resourceSliceCount`, count, 'must be greater than zero'));
  if (generation < 0) {
    errors.push(invalid(`${field}.generation`, generation, 'must be greater than or equal to zero'));
  }
  return errors;
}

function deviceErrors(device: Device, field: string): readonly FieldError[] {
  const attributes = Object.entries(device.attributes ?? {});
  const capacities = Object.entries(device.capacity ?? {});
  const errors: FieldError[] = [...deviceNameErrors(device.name, `${field}.name`)];
  const count = attributes.length + capacities.length;
  if (count > maxDescriptions) {
    const why = `the total number of attributes and capacities must not exceed ${maxDescriptions}`;
    errors.push(invalid(field, count, why));
  }
  for (const [name, attribute] of attributes.toSorted(byName)) {
    const at = `${field}.attributes[${name}]`;
    errors.push(...attributeNameErrors(name, at), ...attributeErrors(attribute, at));
  }
  for (const [name] of capacities.toSorted(byName)) {
    errors.push(...attributeNameErrors(name, `${field}.capacity[${name}]`));
  }
  return errors;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function attributeErrors(attribute: DeviceAttribute, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { string, version: text } = attribute;
  const long = (name: string, value: string): void => {
    if (Buffer.byteLength(value) > maxAttributeLength) errors.push(tooLong(`${field}.${name}`, maxAttributeLength));
  };
  if (string != null) long('string', string);
  if (text != null) {
    const why = 'must be a string compatible with semver.org spec 2.0.0';
    if (!version.test(text)) errors.push(invalid(`${field}.version`, text, why));
    long('version', text);
  }
  const given = Object.values(attribute).filter((value) => value !== undefined && value !== null).length;
  if (given === 0) errors.push(requiredField(field, 'exactly one value must be specified'));
  if (given > 1) errors.push(invalid(field, attributeShape(attribute), 'exactly one value must be specified'));
  return errors;
}

const attributeShape = ({ int, bool, string, version: text }: DeviceAttribute): unknown => ({
  IntValue: int ?? null,
  BoolValue: bool ?? null,
  StringValue: string ?? null,
  VersionValue: text ?? null,
});
