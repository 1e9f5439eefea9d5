/** One device of a slice: what describes it, what it shares with others, and from which nodes it can be used. */
import { invalid, requiredField, tooLong, tooMany, type FieldError } from '../../field-error.ts';
import type { Counter, Device, DeviceAttribute } from '../../groups/resource.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { bindingConditionsErrors } from './binding-conditions.ts';
import { deviceCapacityErrors } from './capacity-policy.ts';
import { attributeNameErrors, deviceNameErrors, itemsErrors, shownKey } from './device-names.ts';
import { deviceTaintErrors } from './device-taints.ts';

const maxDescriptions = 32;
const maxAttributeLength = 64;
const maxKeyLength = 96;
const maxCounterName = 63;
const maxCounters = 32;
const maxTaints = 16;
const maxConsumed = 2;
const version =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

export interface DeviceChecks {
  /** As it was before an update. */
  readonly old: Device | undefined;
  /** Each device says for itself from which nodes it can be used. */
  readonly placesItself: boolean;
}

export function deviceErrors(
  device: Device,
  field: string,
  { old, placesItself }: DeviceChecks,
): readonly FieldError[] {
  const { taints = [], consumesCounters = [] } = device;
  const sameTaints = old !== undefined && samePlain(taints, old.taints ?? []);
  return [
    ...deviceNameErrors(device.name, `${field}.name`),
    ...descriptionErrors(device, field),
    ...(sameTaints ? [] : itemsErrors(taints, `${field}.taints`, { max: maxTaints, item: deviceTaintErrors })),
    ...itemsErrors(consumesCounters, `${field}.consumesCounters`, {
      max: maxConsumed,
      item: ({ counterSet, counters }, at) => [
        ...counterSetNameErrors(counterSet, `${at}.counterSet`),
        ...countersErrors(counters, `${at}.counters`),
      ],
      key: ({ counterSet }) => counterSet,
    }),
    ...(placesItself ? placeErrors(device, field) : noPlaceErrors(device, field)),
    ...bindingConditionsErrors(device, field),
  ];
}

export const counterSetNameErrors = (name: string, field: string): readonly FieldError[] =>
  name === '' ? [requiredField(field)] : deviceNameErrors(name, field);

export function countersErrors(
  counters: Readonly<Record<string, Counter>> | undefined,
  field: string,
): readonly FieldError[] {
  const names = Object.keys(counters ?? {}).toSorted();
  if (names.length === 0) return [requiredField(field)];
  if (names.length > maxCounters) return [tooMany(field, names.length, maxCounters)];
  return names.flatMap((name) => deviceNameErrors(name, `${field}[${shownKey(name, maxCounterName)}]`));
}

function descriptionErrors(device: Device, field: string): readonly FieldError[] {
  const attributes = Object.entries(device.attributes ?? {}).toSorted(byName);
  const capacities = Object.entries(device.capacity ?? {}).toSorted(byName);
  const errors: FieldError[] = [];
  const count = attributes.length + capacities.length;
  if (count > maxDescriptions) {
    const why = `the total number of attributes and capacities must not exceed ${maxDescriptions}`;
    errors.push(invalid(field, count, why));
  }
  for (const [name, attribute] of attributes) {
    const at = `${field}.attributes[${shownKey(name, maxKeyLength)}]`;
    errors.push(...attributeNameErrors(name, at), ...attributeErrors(attribute, at));
  }
  for (const [name, capacity] of capacities) {
    const at = `${field}.capacity[${shownKey(name, maxKeyLength)}]`;
    const shared = device.allowMultipleAllocations === true;
    errors.push(...attributeNameErrors(name, at), ...deviceCapacityErrors(capacity, at, shared));
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
  if (given === 1) return errors;
  return [
    ...errors,
    invalid(field, given === 0 ? '' : attributeShape(attribute), 'exactly one value must be specified'),
  ];
}

const attributeShape = ({ int, bool, string, version: text, ...lists }: DeviceAttribute): unknown => ({
  IntValue: int ?? null,
  BoolValue: bool ?? null,
  StringValue: string ?? null,
  VersionValue: text ?? null,
  IntValues: lists.ints ?? null,
  BoolValues: lists.bools ?? null,
  StringValues: lists.strings ?? null,
  VersionValues: lists.versions ?? null,
});

function placeErrors({ nodeName, nodeSelector, allNodes }: Device, field: string): readonly FieldError[] {
  const given: string[] = [];
  const errors: FieldError[] = [];
  if (nodeName === '') errors.push(invalid(`${field}.nodeName`, nodeName, 'must not be empty'));
  else if (nodeName != null) {
    given.push('`nodeName`');
    errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid(`${field}.nodeName`, nodeName, text)));
  }
  if (nodeSelector != null) {
    given.push('`nodeSelector`');
    errors.push(...nodeSelectorErrors(nodeSelector, `${field}.nodeSelector`));
  }
  if (allNodes === true) given.push('`allNodes`');
  else if (allNodes === false)
    errors.push(invalid(`${field}.allNodes`, allNodes, 'must be either unset or set to true'));
  if (given.length === 1) return errors;
  const choices =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (given.length === 0) return [...errors, requiredField(field, choices)];
  return [...errors, invalid(field, `{${given.join(', ')}}`, choices)];
}

function noPlaceErrors({ nodeName, nodeSelector, allNodes }: Device, field: string): readonly FieldError[] {
  if (nodeName == null && nodeSelector == null && allNodes == null) return [];
  const why =
    '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  return [invalid(field, null, why)];
}
