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

const hasLeadingZero = (text: string): boolean => /^0\d+$/.test(text);

/** The version, or why the text is none. */
function parse(text: string): Version | string {
  if (text === '') return 'Version string empty';
  const [major, minor, ...others] = text.split('.');
  if (major === undefined || minor === undefined || others.length === 0) return 'No Major.Minor.Patch elements found';
  const [, patch = '', before, build] = /^([^+-]*)(?:-([^+]*))?(?:\+([^]*))?$/.exec(others.join('.')) ?? [];
  const identifiers = before?.split('.') ?? [];
  const problem =
    numberProblem('Major', major) ??
    numberProblem('Minor', minor) ??
    numberProblem('Patch', patch) ??
    first(identifiers, identifierProblem) ??
    first(build?.split('.') ?? [], buildProblem);
  return problem ?? { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], before: identifiers };
}

function first(parts: readonly string[], check: (part: string) => string | undefined): string | undefined {
  return parts.map(check).find((problem) => problem !== undefined);
}

function numberProblem(what: string, text: string): string | undefined {
  const shown = JSON.stringify(text);
  if (/[^0-9]/.test(text)) return `Invalid character(s) found in ${what.toLowerCase()} number ${shown}`;
  if (hasLeadingZero(text)) return `${what} number must not contain leading zeroes ${shown}`;
  return unreadable(text);
}

function unreadable(text: string): string | undefined {
  const parsing = `strconv.ParseUint: parsing ${JSON.stringify(text)}`;
  if (text === '') return `${parsing}: invalid syntax`;
  return BigInt(text) > maxNumber ? `${parsing}: value out of range` : undefined;
}

function identifierProblem(text: string): string | undefined {
  const shown = JSON.stringify(text);
  if (text === '') return 'Prerelease is empty';
  if (hasLeadingZero(text)) return `Numeric PreRelease version must not contain leading zeroes ${shown}`;
  if (/^\d+$/.test(text)) return unreadable(text);
  return /[^0-9A-Za-z-]/.test(text) ? `Invalid character(s) found in prerelease ${shown}` : undefined;
}

function buildProblem(text: string): string | undefined {
  if (text === '') return 'Build meta data is empty';
  const isOdd = /[^0-9A-Za-z-]/.test(text);
  return isOdd ? `Invalid character(s) found in build meta data ${JSON.stringify(text)}` : undefined;
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
