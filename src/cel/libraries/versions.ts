/** Semantic versions. https://semver.org */
import { global, method, type Overload } from '../function.ts';
import { objectType } from '../type.ts';
import { fail, type ExtensionValue } from '../value.ts';

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly before: readonly string[];
}

const name = 'kubernetes.Semver';
const type = objectType(name);
const maxNumber = 2n ** 64n - 1n;

const pattern =
  /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const hasLeadingZero = (text: string): boolean => /^0\d+$/.test(text);

/** The version, or why the text is none. */
function parse(text: string): Version | string {
  if (text === '') return 'Version string empty';
  const found = pattern.exec(text);
  if (found === null)
    return text.split('.').length < 3
      ? 'No Major.Minor.Patch elements found'
      : `Invalid version ${JSON.stringify(text)}`;
  const numbers = found.slice(1, 4);
  const before = found[4]?.split('.') ?? [];
  const part = ['Major', 'Minor', 'Patch'].find((_, i) => hasLeadingZero(numbers[i] ?? ''));
  if (part !== undefined) return `${part} number must not contain leading zeroes`;
  if (before.some(hasLeadingZero)) return 'Numeric PreRelease version must not contain leading zeroes';
  const [major = 0n, minor = 0n, patch = 0n] = numbers.map(BigInt);
  if ([major, minor, patch].some((number) => number > maxNumber)) return 'value out of range';
  return { numbers: [major, minor, patch], before };
}

/** `v1.02` as 1.2.0. */
function normalized(text: string): string {
  const [first = '', second, ...others] = text.replace(/^v/, '').split('.');
  const parts = [first, ...(second === undefined ? [] : [second]), ...(others.length > 0 ? [others.join('.')] : [])];
  const short = parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '');
  const stripped = parts.map((part) => part.replace(/^0+(?=\d)/, ''));
  return short ? '' : [...stripped, '0', '0'].slice(0, Math.max(3, parts.length)).join('.');
}

const read = (text: string, normalize: boolean): Version | string => {
  const plain = normalize ? normalized(text) : text;
  return normalize && plain === '' ? 'short version cannot contain PreRelease/Build meta data' : parse(plain);
};

export function versionOf(text: string, normalize = false): ExtensionValue {
  const version = read(text, normalize);
  if (typeof version === 'string') return fail(version);
  return { kind: 'extension', type, data: version, equals: (other) => compare(version, other as Version) === 0 };
}

function compare(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length);
  for (const [i, part] of a.before.entries()) {
    const other = b.before[i];
    if (other === undefined) return 1;
    const order = comparePart(part, other);
    if (order !== 0) return order;
  }
  return a.before.length < b.before.length ? -1 : 0;
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [a, b].map((part) => /^\d+$/.test(part));
  if (x === true && y === true) return BigInt(a) < BigInt(b) ? -1 : 1;
  if (x !== y) return x === true ? -1 : 1;
  return a < b ? -1 : 1;
}

const version = ({ data }: ExtensionValue): Version => data as Version;
const order = (a: ExtensionValue, b: ExtensionValue): number => compare(version(a), version(b));
const isVersion = (text: string, normalize = false): boolean => typeof read(text, normalize) !== 'string';

export const versions: readonly Overload[] = [
  global('string_to_semver', 'semver', 'string', name, (text: string) => versionOf(text)),
  global('string_bool_to_semver', 'semver', 'string, bool', name, versionOf),
  global('is_semver_string', 'isSemver', 'string', 'bool', (text: string) => isVersion(text)),
  global('is_semver_string_bool', 'isSemver', 'string, bool', 'bool', isVersion),
  method(
    'semver_is_greater_than',
    'isGreaterThan',
    `${name}, ${name}`,
    'bool',
    (a: ExtensionValue, b: ExtensionValue) => order(a, b) > 0,
  ),
  method(
    'semver_is_less_than',
    'isLessThan',
    `${name}, ${name}`,
    'bool',
    (a: ExtensionValue, b: ExtensionValue) => order(a, b) < 0,
  ),
  method('semver_compare_to', 'compareTo', `${name}, ${name}`, 'int', (a: ExtensionValue, b: ExtensionValue) =>
    BigInt(order(a, b)),
  ),
  ...['major', 'minor', 'patch'].map((part, i) =>
    method(`semver_${part}`, part, name, 'int', (value: ExtensionValue) => version(value).numbers[i] ?? 0n),
  ),
];
