/** What drivers are told about the devices that they prepare, and which requests it is for. */
import { invalid, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { DeviceClaim, DeviceConfiguration } from '../../groups/resource.v1.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import { itemsErrors, deviceNameErrors } from './device-names.ts';

const maxParameters = 10 * 1024;
const maxRequests = 32;
const omitted = '<value omitted>';

export function deviceConfigurationErrors({ opaque }: DeviceConfiguration, field: string): readonly FieldError[] {
  if (opaque == null) return [requiredField(`${field}.opaque`)];
  const at = `${field}.opaque`;
  return [...driverNameErrors(opaque.driver, `${at}.driver`), ...rawErrors(opaque.parameters, `${at}.parameters`)];
}

/** Data that only a driver understands: some object. */
export function rawErrors(value: unknown, field: string): readonly FieldError[] {
  if (value === undefined || value === null) return [requiredField(field)];
  if (Buffer.byteLength(JSON.stringify(value)) > maxParameters) return [tooLong(field, maxParameters)];
  if (typeof value === 'object' && !Array.isArray(value)) return [];
  return [invalid(field, omitted, 'must be a valid JSON object')];
}

/** Names of a claim's requests, each with those of its alternatives. */
export type RequestNames = ReadonlyMap<string, readonly string[]>;

export const requestNames = ({ requests = [] }: DeviceClaim): RequestNames =>
  new Map(requests.map(({ name, firstAvailable = [] }) => [name, firstAvailable.map((option) => option.name)]));

/** Requests that something is for; none: for all of them. */
export function requestReferencesErrors(
  requests: readonly string[] | undefined,
  known: RequestNames,
  field: string,
): readonly FieldError[] {
  const item = (name: string, at: string): readonly FieldError[] => requestReferenceErrors(name, known, at);
  return itemsErrors(requests ?? [], field, { max: maxRequests, item, key: (name) => name });
}

export function requestReferenceErrors(name: string, known: RequestNames, field: string): readonly FieldError[] {
  const segments = name.split('/');
  const unknown = invalid(
    field,
    name,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  );
  if (segments.length > 2) return [unknown];
  const [request = '', option] = segments;
  const options = known.get(request);
  const isKnown = options !== undefined && (option === undefined || options.includes(option));
  return [...segments.flatMap((segment) => deviceNameErrors(segment, field)), ...(isKnown ? [] : [unknown])];
}
