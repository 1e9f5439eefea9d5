/** Devices that a node, or a place without one, has: checked. */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ResourceSlice } from '../../groups/resource.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import { counterSetNameErrors, countersErrors, deviceErrors } from './device-errors.ts';
import { itemsErrors, poolNameErrors } from './device-names.ts';

const maxDevices = 128;
/** Devices that say more about themselves are fewer in one slice. */
const maxElaborateDevices = 64;
const maxCounterSets = 8;

/** `old`: of an update. */
export function sliceErrors({ spec }: ResourceSlice, old?: ResourceSlice): readonly FieldError[] {
  const { driver, pool, devices = [], sharedCounters = [] } = spec;
  const elaborate = devices.some(({ taints, consumesCounters }) =>
    [taints, consumesCounters].some((list) => list?.length),
  );
  const oldDevices = new Map((old?.spec.devices ?? []).map((device) => [device.name, device]));
  return [
    ...driverNameErrors(driver, 'spec.driver'),
    ...poolErrors(pool, 'spec.pool'),
    ...(old === undefined ? [] : immutableErrors(spec, old.spec)),
    ...placeErrors(spec),
    ...(spec.sharedCounters != null && spec.devices != null
      ? [invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed')]
      : []),
    ...itemsErrors(devices, 'spec.devices', {
      max: elaborate ? maxElaborateDevices : maxDevices,
      item: (device, at) =>
        deviceErrors(device, at, {
          old: oldDevices.get(device.name),
          placesItself: spec.perDeviceNodeSelection === true,
        }),
      key: ({ name }) => name,
    }),
    ...itemsErrors(sharedCounters, 'spec.sharedCounters', {
      max: maxCounterSets,
      item: ({ name, counters }, at) => [
        ...counterSetNameErrors(name, `${at}.name`),
        ...countersErrors(counters, `${at}.counters`),
      ],
      key: ({ name }) => name,
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
