/** Types that every expression may name, as in `type(x) == string`. */
import { readType, typeType, type ObjectType, type Type } from './type.ts';

const text = readType('string');

/** Made by mutating policies: a JSON patch's operation. */
const jsonPatchFields: Readonly<Record<string, Type>> = { op: text, path: text, from: text, value: readType('dyn') };
export const jsonPatchType: ObjectType = {
  kind: 'object',
  name: 'JSONPatch',
  parameters: [],
  creatable: true,
  field: (name) => (Object.hasOwn(jsonPatchFields, name) ? jsonPatchFields[name] : undefined),
};

const names = [
  'bool int uint double string bytes list(A) map(A,B) optional(V) net.IP net.CIDR',
  'kubernetes.URL kubernetes.Quantity kubernetes.Semver kubernetes.NamedFormat',
].flatMap((line) => line.split(' '));

const known: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...names.map((name): [string, Type] => [
    name.replace(/\(.*/, '').replace(/^optional$/, 'optional_type'),
    readType(name),
  ]),
  ['null_type', readType('null')],
  ['type', typeType()],
  ['google.protobuf.Timestamp', readType('timestamp')],
  ['google.protobuf.Duration', readType('duration')],
]);

export const namedType = (name: string): Type | undefined => known.get(name);
