/**
 * What names, keys, values, addresses and ports must look like. Each check answers the texts of what is wrong, none when
 * all is well. Texts: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const qualifiedText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

interface Pattern {
  readonly pattern: RegExp;
  readonly text: string;
}

function pattern(source: string, text: string, ...examples: readonly string[]): Pattern {
  return { pattern: new RegExp(`^${source}$`), text: patternText(text, source, ...examples) };
}

/** `… (e.g. 'a',  or 'b', regex used for validation is '…')` */
export function patternText(text: string, source: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return examples.length === 0
    ? `${text} (regex used for validation is '${source}')`
    : `${text} (e.g. ${shown}regex used for validation is '${source}')`;
}

const patterns = {
  label: pattern(
    label,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    'my-name',
    '123-abc',
  ),
  subdomain: pattern(subdomain, subdomainText, 'example.com'),
  dns1035: pattern(
    dns1035,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    'my-name',
    'abc-123',
  ),
  wildcard: pattern(
    `\\*\\.${subdomain}`,
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    '*.example.com',
  ),
  namePart: pattern(qualified, `name part ${qualifiedText}`, 'MyName', 'my.name', '123-abc'),
  labelValue: pattern(
    `(${qualified})?`,
    `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
    'MyValue',
    'my_value',
    '12345',
  ),
  configKey: pattern(
    '[-._a-zA-Z0-9]+',
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    'key.name',
    'KEY_NAME',
    'key-name',
  ),
  percent: pattern('[0-9]+%', "a valid percent string must be a numeric string followed by an ending '%'", '1%', '93%'),
  headerName: pattern(
    '[-A-Za-z0-9]+',
    "a valid HTTP header must consist of alphanumeric characters or '-'",
    'X-Header-Name',
  ),
  identifier: pattern(
    '[A-Za-z_][A-Za-z0-9_]*',
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
    'my_name',
    'MY_NAME',
    'MyName',
  ),
} as const;

function check(value: string, { pattern: test, text }: Pattern, tooLong?: readonly [number, string]): string[] {
  const errors: string[] = [];
  if (tooLong !== undefined && bytesOf(value) > tooLong[0]) errors.push(tooLong[1]);
  if (!test.test(value)) errors.push(text);
  return errors;
}

const bytesOf = (value: string): number => Buffer.byteLength(value);
const maxCharacters = (max: number): readonly [number, string] => [max, `must be no more than ${max} characters`];
const maxBytes = (max: number): readonly [number, string] => [max, `must be no more than ${max} bytes`];

/** Such as a Namespace: a DNS label (RFC 1123). */
export const labelErrors = (value: string): string[] => {
  const errors = check(value, patterns.label, maxCharacters(63));
  const dotted = value.includes('.') && patterns.subdomain.pattern.test(value);
  return dotted ? [...errors.slice(0, -1), 'must not contain dots'] : errors;
};

/** Most names: a DNS subdomain (RFC 1123). */
export const subdomainErrors = (value: string): string[] => check(value, patterns.subdomain, maxCharacters(253));

/** Such as a Service: a DNS label (RFC 1035). */
export const dns1035LabelErrors = (value: string): string[] => check(value, patterns.dns1035, maxCharacters(63));

export const wildcardSubdomainErrors = (value: string): string[] => check(value, patterns.wildcard, maxCharacters(253));

export const labelValueErrors = (value: string): string[] => check(value, patterns.labelValue, maxBytes(63));

/** Words of the expression language, which name nothing. */
export const expressionKeywords: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

export const identifierErrors = (value: string): string[] => check(value, patterns.identifier);

export const percentErrors = (value: string): string[] => check(value, patterns.percent);

export const httpHeaderNameErrors = (value: string): string[] => check(value, patterns.headerName);

/** Keys of ConfigMaps and Secrets. */
export const configKeyErrors = (value: string): string[] => [
  ...check(value, patterns.configKey, maxCharacters(253)),
  ...parentFolderErrors(value),
];

/** Keys of labels and annotations: `name`, or `subdomain/name`. */
export function qualifiedNameErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `${patternText(`a valid label key ${qualifiedText}`, qualified, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  const [prefix] = parts;
  if (parts.length === 2 && prefix !== undefined) {
    const found = prefix === '' ? ['must be non-empty'] : prefixErrors(prefix);
    errors.push(...found.map((text) => `prefix part ${text}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (bytesOf(name) > 63) errors.push('name part must be no more than 63 bytes');
  if (!patterns.namePart.pattern.test(name)) errors.push(patterns.namePart.text);
  return errors;
}

const prefixErrors = (prefix: string): string[] => check(prefix, patterns.subdomain, maxBytes(253));

/** Printable ASCII but for the equals sign. */
export function environmentNameErrors(value: string): string[] {
  const text = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return /^[ -<>-~]+$/.test(value) ? [] : [text];
}

function parentFolderErrors(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Names of ports (RFC 6335). */
export function portNameErrors(value: string): string[] {
  const errors: string[] = [];
  if (bytesOf(value) > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export const portErrors = (port: number): string[] => rangeErrors(port, 1, 65_535);

const rangeErrors = (value: number, min: number, max: number): string[] =>
  value >= min && value <= max ? [] : [`must be between ${min} and ${max}, inclusive`];

/** IPv4 or IPv6, without a zone. */
export const isAddress = (value: string): boolean => isIP(value) !== 0 && !value.includes('%');
export const isAddressV4 = (value: string): boolean => isIPv4(value);
export const isAddressV6 = (value: string): boolean => isIPv6(value) && !value.includes('%');

export const addressErrors = (value: string): string[] =>
  isAddress(value) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];

/** An address and the length of its prefix. */
export function isCidr(value: string): boolean {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(value);
  if (match === null) return false;
  const [, address = '', bits] = match;
  return isAddress(address) && Number(bits) <= (isAddressV4(address) ? 32 : 128);
}

export const cidrErrors = (value: string): string[] =>
  isCidr(value) ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
