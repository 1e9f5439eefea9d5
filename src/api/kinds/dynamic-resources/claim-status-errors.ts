/** What is said of a claim: the devices it was given, who uses them, and what drivers tell about them. */
import type { Draft } from '../../descriptor.ts';
import {
  forbidden,
  invalid,
  notSupported,
  requiredField,
  tooLong,
  tooMany,
  type FieldError,
} from '../../field-error.ts';
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
} from '../../groups/resource.v1.ts';
import { samePlain } from '../../equality.ts';
import { ResourceClaims } from '../../resources.ts';
import { conditionsErrors } from '../conditions-errors.ts';
import { interfaceAddressErrors } from '../ip-errors.ts';
import { goShape } from '../go-shape.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import {
  deviceConfigurationErrors,
  rawErrors,
  requestNames,
  requestReferenceErrors,
  requestReferencesErrors,
  type RequestNames,
} from './device-configuration.ts';
import { bindingConditionsErrors } from './binding-conditions.ts';
import { itemsErrors, deviceNameErrors, poolNameErrors, uidErrors } from './device-names.ts';

const maxUsers = 256;
const maxResults = 32;
const maxConfigurations = 64;
const maxConditions = 8;
const maxInterfaceName = 256;
const maxHardwareAddress = 128;
const maxAddresses = 16;

export function deviceClaimStatusErrors(
  { metadata, spec, status }: ResourceClaim,
  old: ResourceClaim,
): readonly FieldError[] {
  const { allocation, reservedFor = [], devices = [] } = status;
  const given = new Set((allocation?.devices.results ?? []).map(deviceId));
  const errors: FieldError[] = [
    ...itemsErrors(reservedFor, 'status.reservedFor', {
      max: maxUsers,
      item: (user, at) =>
        (['resource', 'name', 'uid'] as const).flatMap((name) =>
          user[name] === '' ? [requiredField(`${at}.${name}`)] : [],
        ),
      key: ({ uid }) => uid,
    }),
    ...itemsErrors(devices, 'status.devices', {
      item: (device, at) => deviceErrors(device, given, at),
      key: deviceId,
    }),
  ];
  if (reservedFor.length > 0 && allocation == null) {
    errors.push(forbidden('status.reservedFor', 'may not be specified when `allocated` is not set'));
  } else if (metadata.deletionTimestamp !== undefined) {
    const before = old.status.reservedFor ?? [];
    if (reservedFor.some((user) => !before.some((each) => samePlain(each, user)))) {
      const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
      errors.push(forbidden('status.reservedFor', why));
    }
  }
  if (allocation == null) return errors;
  if (old.status.allocation == null)
    return [...errors, ...allocationErrors(allocation, requestNames(spec.devices ?? {}))];
  if (samePlain(allocation, old.status.allocation)) return errors;
  return [...errors, invalid('status.allocation', allocationShape(allocation), 'field is immutable')];
}

/** What drivers told of devices that the claim had and has no more goes with them. */
export function dropGoneDevices({ status }: Draft<ResourceClaim>, old: ResourceClaim): void {
  const results = ({ allocation }: ResourceClaim['status']): readonly string[] =>
    (allocation?.devices.results ?? []).map(deviceId);
  const left = new Set(results(status as ResourceClaim['status']));
  const gone = new Set(results(old.status).filter((id) => !left.has(id)));
  const devices = (status.devices ?? []).filter((device) => !gone.has(deviceId(device as AllocatedDeviceStatus)));
  if (devices.length > 0) status.devices = devices;
  else delete status.devices;
}

function allocationShape(allocation: AllocationResult): unknown {
  const status = ResourceClaims.kind.fields['status']?.type;
  const shape = status === undefined ? undefined : goShape(status, { allocation });
  return (shape as { readonly Allocation?: unknown } | undefined)?.Allocation ?? null;
}

/** As drivers and the scheduler write one device. */
function deviceId({
  driver,
  pool,
  device,
  shareID,
}: Pick<AllocatedDeviceStatus, 'driver' | 'pool' | 'device' | 'shareID'>): string {
  return [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/');
}

function allocationErrors({ devices, nodeSelector }: AllocationResult, names: RequestNames): readonly FieldError[] {
  const field = 'status.allocation';
  return [
    ...itemsErrors(devices.results ?? [], `${field}.devices.results`, {
      max: maxResults,
      item: (result, at) => resultErrors(result, names, at),
    }),
    ...itemsErrors(devices.config ?? [], `${field}.devices.config`, {
      max: maxConfigurations,
      item: (config, at) => [
        ...sourceErrors(config.source, `${at}.source`),
        ...requestReferencesErrors(config.requests, names, `${at}.requests`),
        ...deviceConfigurationErrors(config, at),
      ],
    }),
    ...(nodeSelector == null ? [] : nodeSelectorErrors(nodeSelector, `${field}.nodeSelector`)),
  ];
}

function resultErrors(
  { request, driver, pool, device, shareID, ...conditions }: DeviceRequestAllocationResult,
  names: RequestNames,
  field: string,
): readonly FieldError[] {
  return [
    ...requestReferenceErrors(request, names, `${field}.request`),
    ...driverNameErrors(driver, `${field}.driver`),
    ...poolNameErrors(pool, `${field}.pool`),
    ...deviceNameErrors(device, `${field}.device`),
    ...bindingConditionsErrors(conditions, field),
    ...(shareID == null ? [] : uidErrors(shareID, `${field}.shareID`)),
  ];
}

function sourceErrors(source: string, field: string): readonly FieldError[] {
  const known = ['FromClaim', 'FromClass'];
  if (source === '') return [requiredField(field)];
  return known.includes(source) ? [] : [notSupported(field, source, known)];
}

function deviceErrors(device: AllocatedDeviceStatus, given: ReadonlySet<string>, field: string): readonly FieldError[] {
  const { conditions = [], data, networkData } = device;
  const id = deviceId(device);
  const errors: FieldError[] = [
    ...driverNameErrors(device.driver, `${field}.driver`),
    ...poolNameErrors(device.pool, `${field}.pool`),
    ...deviceNameErrors(device.device, `${field}.device`),
    ...(device.shareID == null ? [] : uidErrors(device.shareID, `${field}.shareID`)),
  ];
  if (!given.has(id)) errors.push(invalid(field, id, 'must be an allocated device in the claim'));
  if (conditions.length > maxConditions) {
    errors.push(tooMany(`${field}.conditions`, conditions.length, maxConditions));
  }
  errors.push(...conditionsErrors(conditions, `${field}.conditions`));
  if (data != null) errors.push(...rawErrors(data, `${field}.data`));
  return networkData == null ? errors : [...errors, ...networkErrors(networkData, `${field}.networkData`)];
}

function networkErrors(
  { interfaceName = '', hardwareAddress = '', ips = [] }: NetworkDeviceData,
  field: string,
): readonly FieldError[] {
  const long = (name: string, value: string, max: number): readonly FieldError[] =>
    Buffer.byteLength(value) > max ? [tooLong(`${field}.${name}`, max)] : [];
  return [
    ...long('interfaceName', interfaceName, maxInterfaceName),
    ...long('hardwareAddress', hardwareAddress, maxHardwareAddress),
    ...itemsErrors(ips, `${field}.ips`, { max: maxAddresses, item: interfaceAddressErrors, key: (address) => address }),
  ];
}
