/**
 * Expressions (CEL) that say which devices will do: `device.driver`, `device.attributes["domain"].name`,
 * `device.capacity["domain"].name`. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import type { Device, DeviceAttribute, DeviceSelector } from '../../../api/groups/resource.v1.ts';
import type { Program } from '../../../cel/compile.ts';
import { compileDeviceSelector } from '../../../cel/device-environment.ts';
import { quantityOf } from '../../../cel/libraries/quantities.ts';
import { versionOf } from '../../../cel/libraries/versions.ts';
import { mapOf, type MapValue, type Value } from '../../../cel/value.ts';

/** Compiled expressions; all are forgotten when it is full. */
const programs = new Map<string, Program>();
const maxPrograms = 1024;
const values = new WeakMap<Device, MapValue>();

/** @throws Error when an expression does not compile or fails on the device */
export function selects(selectors: readonly DeviceSelector[], driver: string, device: Device): boolean {
  return selectors.every(({ cel }) => {
    if (cel === undefined) return false;
    const outcome = programOf(cel.expression).evaluate({ device: () => valueOf(driver, device) });
    if (!outcome.ok) throw new Error(`selector ${JSON.stringify(cel.expression)}: runtime error: ${outcome.message}`);
    return outcome.value === true;
  });
}

/** The name of an attribute or a capacity with its domain, which is the driver's unless it says otherwise. */
export function qualified(name: string, driver: string): string {
  return name.includes('/') ? name : `${driver}/${name}`;
}

function programOf(expression: string): Program {
  const known = programs.get(expression);
  if (known !== undefined) return known;
  const compiled = compileDeviceSelector(expression);
  if (!compiled.ok) throw new Error(`selector ${JSON.stringify(expression)}: ${compiled.text}`);
  if (programs.size >= maxPrograms) programs.clear();
  programs.set(expression, compiled.program);
  return compiled.program;
}

function valueOf(driver: string, device: Device): MapValue {
  const known = values.get(device);
  if (known !== undefined) return known;
  const made = mapOf([
    ['driver', driver],
    ['attributes', byDomain(driver, device.attributes ?? {}, attributeValue)],
    ['capacity', byDomain(driver, device.capacity ?? {}, ({ value }) => quantityOf(value))],
    ['allowMultipleAllocations', device.allowMultipleAllocations === true],
  ]);
  values.set(device, made);
  return made;
}

/** A domain without entries is an empty map, so that `has()` may ask for a name in it. */
function byDomain<T>(
  driver: string,
  entries: Readonly<Record<string, T>>,
  read: (entry: T) => Value | undefined,
): MapValue {
  const domains = new Map<string, [Value, Value][]>();
  for (const [name, entry] of Object.entries(entries)) {
    const value = read(entry);
    const [domain = '', ...rest] = qualified(name, driver).split('/');
    if (value !== undefined) domains.set(domain, [...(domains.get(domain) ?? []), [rest.join('/'), value]]);
  }
  const map = mapOf([...domains].map(([domain, names]) => [domain, mapOf(names)]));
  const none = mapOf([]);
  return { ...map, size: map.size, get: (key) => map.get(key) ?? (typeof key === 'string' ? none : undefined) };
}

function attributeValue({ int, bool, string, version }: DeviceAttribute): Value | undefined {
  if (int !== undefined) return BigInt(int);
  if (version !== undefined) return versionOf(version);
  return bool ?? string;
}
