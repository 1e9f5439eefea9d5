/**
 * What is wrong with a value that does not fit its type, in the words of Go's encoding/json: clients see them.
 */
import type { AnyType } from '../schema.ts';

/** A JSON value does not fit its type. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** What stood where what was expected; undefined when the type is right and the text is not. */
  readonly mismatch: Mismatch | undefined;

  constructor(message: string, mismatch?: Mismatch) {
    super(message);
    this.mismatch = mismatch;
  }
}

export interface Mismatch {
  readonly input: unknown;
  /** In Go, such as `[]v1.Container`. */
  readonly type: string;
  readonly kind: GoKind;
}

/** What a Go type is below its name; `self`: it reads its own JSON. */
export type GoKind = 'slice' | 'map' | 'struct' | 'string' | 'bool' | 'int32' | 'int64' | 'float64' | 'self';

export interface GoType {
  readonly type: string;
  readonly kind: GoKind;
}

/** A number whose text matters: with a fraction, an exponent, or more digits than a double holds. */
export class NumberLiteral {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }

  toJSON(): number {
    return this.value;
  }
}

const maxInt64 = 2n ** 63n;

/** An integer of more digits than a double holds, in the 64 bits that Go reads integers into. */
export function isInt64Literal(input: unknown): input is NumberLiteral {
  if (!(input instanceof NumberLiteral) || !/^-?\d+$/.test(input.text)) return false;
  const value = BigInt(input.text);
  return value >= -maxInt64 && value < maxInt64;
}

/** Where decoding is: the fields, list positions and map keys on the way. */
export type PathStep = { readonly field: string; readonly owner: string } | number | string;

/** Such as `spec.containers[0].image`, with one more step at its end. */
export function printPath(path: readonly PathStep[], last?: string): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text = join(text, typeof step === 'string' ? step : step.field);
  }
  return last === undefined ? text : join(text, last);
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** `json: cannot unmarshal …`; list positions and map keys are not named, as in Go. */
export function typeMismatch(input: unknown, { type, kind }: GoType, path: readonly PathStep[]): DecodeError {
  const fields = path.filter((step) => typeof step === 'object');
  const owner = fields.at(-1)?.owner;
  const place =
    owner === undefined ? 'Go value' : `Go struct field ${owner}.${fields.map((step) => step.field).join('.')}`;
  return new DecodeError(`json: cannot unmarshal ${describe(input, type)} into ${place} of type ${type}`, {
    input,
    type,
    kind,
  });
}

function describe(input: unknown, goType: string): string {
  if (Array.isArray(input)) return 'array';
  if (input instanceof NumberLiteral) return isNumeric(goType) ? `number ${input.text}` : 'number';
  if (typeof input === 'number') return isNumeric(goType) ? `number ${input}` : 'number';
  if (typeof input === 'boolean') return 'bool';
  return typeof input;
}

const isNumeric = (goType: string): boolean => /^(?:int32|int64|float64)$/.test(goType);

/** The Go name of a type, such as `[]v1.Container` or `map[string]string`. */
export function goTypeName(type: AnyType): string {
  switch (type.type) {
    case 'scalar':
      return type.goName ?? goScalars[type.scalar] ?? type.scalar;
    case 'list':
      return `[]${goTypeName(type.of)}`;
    case 'map':
      return type.of.type === 'scalar' && type.of.scalar === 'quantity'
        ? 'v1.ResourceList'
        : `map[string]${goTypeName(type.of)}`;
    case 'object': {
      const [version = '', name = ''] = type.name.split('.').slice(-2);
      return `${version}.${name}`;
    }
    case 'lazy':
      return goTypeName(type.get());
    case 'choice':
      return 'interface {}';
  }
}

const goScalars: Readonly<Record<string, string>> = {
  boolean: 'bool',
  double: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  intOrString: 'intstr.IntOrString',
  rawObject: 'runtime.RawExtension',
};
