/**
 * A value as Go would print its own struct: every field, with its zero value where nothing was given, under Go's names.
 * Lists and maps that a client gave empty stay empty there; only what was not given is null.
 * Refused changes show such texts to clients.
 */
import { resolve, type AnyType, type Field, type ObjectType } from '../schema.ts';

/** Parts of names that Go writes in capitals. */
/** Fields that are pointers there though their zero value is never written. */
const pointers = new Set([
  'RestartPolicy',
  'SupplementalGroupsPolicy',
  'FSGroupChangePolicy',
  'SELinuxChangePolicy',
  'HostUsers',
  'HostnameOverride',
  'MountPropagation',
  'RecursiveReadOnly',
  'ProcMount',
]);
const capitals: Readonly<Record<string, string>> = {
  Dns: 'DNS',
  Fqdn: 'FQDN',
  Http: 'HTTP',
  Tcp: 'TCP',
  Tty: 'TTY',
  Uid: 'UID',
  Api: 'API',
  Os: 'OS',
  Nfs: 'NFS',
  Rbd: 'RBD',
  Cephfs: 'CephFS',
  Fc: 'FC',
  Csi: 'CSI',
  Iscsi: 'ISCSI',
  Iqn: 'IQN',
  Grpc: 'GRPC',
  Aws: 'AWS',
  Ip: 'IP',
  Ips: 'IPs',
  Fs: 'FS',
  Se: 'SE',
  Pid: 'PID',
  Ipc: 'IPC',
  Gce: 'GCE',
};

export function goShape(type: AnyType, value: unknown): unknown {
  const resolved = resolve(type);
  switch (resolved.type) {
    case 'object':
      return structShape(resolved, value);
    case 'list':
      return Array.isArray(value) ? value.map((item) => goShape(resolved.of, item)) : null;
    case 'map':
      return mapShape(resolved.of, value);
    case 'scalar':
      return value ?? zeroes[resolved.scalar] ?? null;
    default:
      return value ?? null;
  }
}

const zeroes: Readonly<Record<string, unknown>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  quantity: '0',
  intOrString: 0,
};

function structShape(type: ObjectType, value: unknown): unknown {
  const given = asRecord(value);
  const shape: Record<string, unknown> = {};
  for (const [goField, name, field] of goFields(type)) shape[goField] = fieldShape(goField, field, given[name]);
  return shape;
}

type GoField = readonly [goName: string, name: string, field: Field];

const knownFields = new WeakMap<ObjectType, readonly GoField[]>();

function goFields(type: ObjectType): readonly GoField[] {
  const known = knownFields.get(type);
  if (known !== undefined) return known;
  const named = fieldsInOrder(type).map(([name, field]): GoField => [goName(name), name, field]);
  knownFields.set(type, named);
  return named;
}

/** An embedded struct stands where it is declared: first, when its number is the lowest. */
function fieldsInOrder({ fields, inlined }: ObjectType): readonly (readonly [string, Field])[] {
  const entries = Object.entries(fields);
  const [embedded] = inlined;
  if (embedded === undefined) return entries;
  const own = entries.filter(([name]) => !Object.hasOwn(embedded.of.fields, name));
  if (own.some(([, { number }]) => number < embedded.number)) return entries;
  return [...entries.filter(([name]) => Object.hasOwn(embedded.of.fields, name)), ...own];
}

function fieldShape(name: string, field: Field, value: unknown): unknown {
  const pointer = field.presence === 'pointer' || pointers.has(name);
  if (pointer && (value === undefined || value === null)) return null;
  return goShape(field.type, value);
}

function mapShape(of: AnyType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, goShape(of, item)]));
}

function goName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(' ');
  return words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .map((word) => capitals[word] ?? word)
    .join('');
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
