/** Names of devices, what has them and what they are described with. Lists of such things, checked item by item. */
import { duplicate, invalid, requiredField, tooLong, tooMany, type FieldError } from '../../field-error.ts';
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
  const [first = '', second, ...others] = name.split('/');
  if (others.length > 0) return [];
  if (second === undefined) return idErrors(first, field);
  return [
    ...(first === '' ? [invalid(field, '', 'the domain must not be empty')] : driverNameErrors(first, field)),
    ...(second === '' ? [invalid(field, '', 'the name must not be empty')] : idErrors(second, field)),
  ];
}

export function fullAttributeNameErrors(name: string, field: string): readonly FieldError[] {
  const errors = attributeNameErrors(name, field);
  if (name.includes('/')) return errors;
  return [...errors, invalid(field, name, 'a fully qualified name must be a domain and a name separated by a slash')];
}

function idErrors(id: string, field: string): readonly FieldError[] {
  const long = Buffer.byteLength(id) > maxIdentifierLength ? [tooLong(field, maxIdentifierLength)] : [];
  return [...long, ...identifierErrors(id).map((text) => invalid(field, id, text))];
}

/** A uid in the one way in which it may be written. */
export function uidErrors(uid: string, field: string): readonly FieldError[] {
  const problem = uidProblem(uid);
  if (problem !== undefined) return [invalid(field, uid, `error validating uid: ${problem}`)];
  if (uid.length === normalUid.length && uid === uid.toLowerCase()) return [];
  const form = `uid must be in RFC 4122 normalized form, \`${normalUid}\` with lowercase hexadecimal characters`;
  return [invalid(field, uid, form)];
}

const normalUid = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

/** Bare digits, braces and the prefix of a URN are read as well. */
function uidProblem(uid: string): string | undefined {
  let text = uid;
  const length = Buffer.byteLength(uid);
  if (length === 45) {
    if (uid.slice(0, 9).toLowerCase() !== 'urn:uuid:') return `invalid urn prefix: ${JSON.stringify(uid.slice(0, 9))}`;
    text = uid.slice(9);
  } else if (length === 38) {
    if (!uid.startsWith('{') || !uid.endsWith('}')) return 'invalid bracketed UUID format';
    text = uid.slice(1, -1);
  } else if (length === 32) {
    return /^[0-9a-f]*$/i.test(uid) ? undefined : 'invalid UUID format';
  } else if (length !== 36) return `invalid UUID length: ${length}`;
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? undefined : 'invalid UUID format';
}

/** Keys of a map as paths show them: what is longer than a name may be loses its middle. */
export function shownKey(key: string, max: number): string {
  if (key.length <= max) return key;
  const rest = max - 3;
  return `${key.slice(0, Math.ceil(rest / 2))}...${key.slice(key.length - Math.floor(rest / 2))}`;
}

interface ListRules<T> {
  /** Undefined: any number. */
  readonly max?: number;
  readonly item: (item: T, field: string) => readonly FieldError[];
  /** What no two items have alike. */
  readonly key?: (item: T) => string;
}

/** Too many items are not looked at; else all of them, then what they have alike. */
export function itemsErrors<T>(
  items: readonly T[],
  field: string,
  { max, item, key }: ListRules<T>,
): readonly FieldError[] {
  if (max !== undefined && items.length > max) return [tooMany(field, items.length, max)];
  const errors: FieldError[] = items.flatMap((each, index) => item(each, `${field}[${index}]`));
  const seen = new Set<string>();
  for (const [index, each] of items.entries()) {
    const value = key?.(each);
    if (value === undefined) continue;
    if (seen.has(value)) errors.push(duplicate(`${field}[${index}]`, value));
    seen.add(value);
  }
  return errors;
}
