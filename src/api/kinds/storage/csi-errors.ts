import { duplicate, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import {
  CSIDriverSpec,
  CSINodeDriver,
  type CSIDriver,
  type CSINode,
  type CSIStorageCapacity,
} from '../../groups/storage.v1.ts';
import { samePlain, sameValue } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { goShape } from '../go-shape.ts';
import { nonNegative } from '../number-errors.ts';
import { nanosOf } from '../pod/resources.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

const tenMinutes = 600;
const maxNodeId = 256;

export function driverErrors({ spec }: CSIDriver): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['attachRequired', 'podInfoOnMount', 'storageCapacity'] as const) {
    if (spec[name] == null) errors.push(requiredField(`spec.${name}`));
  }
  const policies = ['File', 'None', 'ReadWriteOnceWithFSType'];
  if (spec.fsGroupPolicy != null && !policies.includes(spec.fsGroupPolicy)) {
    errors.push(notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, policies));
  }
  const audiences = new Set<string>();
  for (const [index, { audience, expirationSeconds }] of (spec.tokenRequests ?? []).entries()) {
    const item = `spec.tokenRequests[${index}]`;
    if (audiences.has(audience)) {
      errors.push(duplicate(`${item}.audience`, audience));
      continue;
    }
    audiences.add(audience);
    if (expirationSeconds != null && expirationSeconds < tenMinutes) {
      errors.push(
        invalid(`${item}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes'),
      );
    }
    if (expirationSeconds != null && expirationSeconds > 2 ** 32) {
      errors.push(
        invalid(`${item}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'),
      );
    }
  }
  const modes = ['Persistent', 'Ephemeral'];
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!modes.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, modes));
  }
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period != null && period < 10) {
    errors.push(
      invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'),
    );
  }
  return errors;
}

export function driverUpdateErrors(driver: CSIDriver, old: CSIDriver): readonly FieldError[] {
  const fixed: readonly (readonly [keyof CSIDriverSpec, string])[] = [
    ['attachRequired', 'spec.attachedRequired'],
    ['volumeLifecycleModes', 'spec.volumeLifecycleModes'],
  ];
  return [
    ...driverErrors(driver),
    ...fixed
      .filter(([name]) => !samePlain(driver.spec[name], old.spec[name]))
      .map(([name, field]) => invalid(field, driver.spec[name] ?? null, 'field is immutable')),
  ];
}

export function nodeDriversErrors({ spec }: CSINode): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name, nodeID, topologyKeys, allocatable }] of (spec.drivers ?? []).entries()) {
    const item = `spec.drivers[${index}]`;
    errors.push(...driverNameErrors(name, `${item}.name`));
    if (nodeID === '') errors.push(requiredField(`${item}.nodeID`));
    else if (nodeID.length > maxNodeId) {
      errors.push(invalid(`${item}.nodeID`, nodeID, `must be ${maxNodeId} characters or less`));
    }
    errors.push(...nonNegative(allocatable?.count, `${item}.allocatable.count`));
    if (names.has(name)) errors.push(duplicate(`${item}.name`, name));
    names.add(name);
    const keys = new Set<string>();
    for (const key of topologyKeys ?? []) {
      if (key === '') errors.push(requiredField(item));
      if (keys.has(key)) errors.push(duplicate(item, key));
      keys.add(key);
      errors.push(...qualifiedNameErrors(key).map((text) => invalid(item, key, text)));
    }
  }
  return errors;
}

type Driver = NonNullable<CSINode['spec']['drivers']>[number];

/** A driver that is there may only say anew how many volumes it takes. */
export function nodeDriversUpdateErrors(node: CSINode, old: CSINode): readonly FieldError[] {
  const fixed = (driver: Driver): Driver => ({ ...driver, allocatable: undefined });
  const wanted = (node.spec.drivers ?? []).map(fixed);
  const changed = (old.spec.drivers ?? []).flatMap((known) =>
    wanted.filter((driver) => driver.name === known.name && !sameValue(CSINodeDriver, driver, fixed(known))),
  );
  return [
    ...nodeDriversErrors(node),
    ...changed.map((driver) => invalid('spec.drivers', goShape(CSINodeDriver, driver), 'field is immutable')),
  ];
}

/** How large a single volume may be is taken as it is said. */
export function capacityErrors({
  nodeTopology,
  storageClassName,
  capacity,
}: CSIStorageCapacity): readonly FieldError[] {
  const errors: FieldError[] = [
    ...labelSelectorErrors(nodeTopology, 'nodeTopology'),
    ...dnsSubdomainErrors(storageClassName).map((text) => invalid('storageClassName', storageClassName, text)),
  ];
  if (capacity != null && nanosOf(capacity) < 0n) {
    errors.push(invalid('capacity', capacity, 'must be greater than or equal to 0'));
  }
  return errors;
}

export function capacityUpdateErrors(capacity: CSIStorageCapacity, old: CSIStorageCapacity): readonly FieldError[] {
  return [
    ...capacityErrors(capacity),
    ...(['nodeTopology', 'storageClassName'] as const)
      .filter((name) => !samePlain(capacity[name], old[name]))
      .map((name) => invalid(name, capacity[name] ?? null, 'field is immutable')),
  ];
}
