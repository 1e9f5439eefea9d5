/** Names of devices, what has them and what they are described with. Lists of such things, checked item by item. */
import {
  duplicate,
  invalid,
  requiredField,
  tooLong,
  tooMany,
  typeInvalid,
  type FieldError,
} from '../../field-error.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { identifierErrors } from '../../names.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';

const maxPoolLength = 253;
const maxIdentifierLength = 32;

export const deviceNameErrors = (name: string, field: string): readonly FieldError[] =>
  dnsLabelErrors(name).map((text) => invalid(field, name, text));

export function poolNameErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field)];
  const long = Buffer.byteLength(name) > maxPoolLength ? [tooLong(field, maxPoolLength)] : [];
  const parts = name.split('/');
  return [...long, ...parts.flatMap((part) => dnsSubdomainErrors(part).map((text) => invalid(field, part, text)))];
}

/** `memory`, or `gpu.example.com/memory`. */
export function attributeNameErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field, 'name required')];
  const [first = '', second, ...others] = name.split('/');
  if (others.length > 0) return [];
  if (second === undefined) return idErrors(first, field);
  return [
    ...(first === '' ? [requiredField(field, 'the domain must not be empty')] : driverNameErrors(first, field)),
    ...(second === '' ? [requiredField(field, 'the name must not be empty')] : idErrors(second, field)),
  ];
}

export function fullAttributeNameErrors(name: string, field: string): readonly FieldError[] {
  const errors = attributeNameErrors(name, field);
  return name === '' || name.includes('/') ? errors : [...errors, invalid(field, name, 'must include a domain')];
}

function idErrors(id: string, field: string): readonly FieldError[] {
  const long = id.length > maxIdentifierLength ? [tooLong(field, maxIdentifierLength)] : [];
  return [...long, ...identifierErrors(id).map((text) => typeInvalid(field, id, text))];
}

interface ListRules<T> {
  /** Undefined: any number. */
  readonly max?: number;
  readonly item: (item: T, field: string) => readonly FieldError[];
  /** What no two items have alike, and the name of the member that holds it. */
  readonly key?: (item: T) => string;
  readonly keyName?: string;
}

/** All items, then their number, then what they have alike. */
export function itemsErrors<T>(
  items: readonly T[],
  field: string,
  { max, item, key, keyName = '' }: ListRules<T>,
): readonly FieldError[] {
  const errors: FieldError[] = items.flatMap((each, index) => item(each, `${field}[${index}]`));
  if (max !== undefined && items.length > max) errors.push(tooMany(field, items.length, max));
  const seen = new Set<string>();
  for (const [index, each] of items.entries()) {
    const value = key?.(each);
    if (value === undefined) continue;
    if (seen.has(value)) errors.push(duplicate(`${field}[${index}]${keyName === '' ? '' : `.${keyName}`}`, value));
    seen.add(value);
  }
  return errors;
}
