/** Kubernetes' kinds of names and texts. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library */
import {
  dns1035LabelErrors,
  labelErrors,
  labelValueErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from '../../api/names.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../api/name-rules.ts';
import { global, method, type Overload } from '../function.ts';
import { readTimestamp } from '../time.ts';
import { objectType } from '../type.ts';
import { optionalNone, optionalOf, type ExtensionValue, type Value } from '../value.ts';
import { parseUrl } from './urls.ts';

export interface Format {
  readonly name: string;
  readonly errors: (text: string) => readonly string[];
  /** How long a pattern would be that checks it: costs are told by it. */
  readonly patternSize: number;
}

const type = objectType('kubernetes.NamedFormat');

const unless = (holds: (text: string) => boolean, error: string) => (text: string) => (holds(text) ? [] : [error]);
const prefixOf = (text: string): string => text.replace(/-$/, 'a');
const isDate = (text: string): boolean => readTimestamp(`${text}T00:00:00Z`) !== undefined;
const isBase64 = (text: string): boolean =>
  text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/.test(text);
const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);

function uriErrors(text: string): readonly string[] {
  const url = parseUrl(text);
  return typeof url === 'string' ? [`parse ${JSON.stringify(text)}: ${url}`] : [];
}

const formats: Readonly<Record<string, Format>> = {
  dns1123Label: { name: 'DNS1123Label', errors: labelErrors, patternSize: 30 },
  dns1123Subdomain: { name: 'DNS1123Subdomain', errors: subdomainErrors, patternSize: 60 },
  dns1035Label: { name: 'DNS1035Label', errors: dns1035LabelErrors, patternSize: 30 },
  qualifiedName: { name: 'QualifiedName', errors: qualifiedNameErrors, patternSize: 60 },
  dns1123LabelPrefix: { name: 'DNS1123LabelPrefix', errors: (text) => dnsLabelErrors(text, true), patternSize: 30 },
  dns1123SubdomainPrefix: {
    name: 'DNS1123SubdomainPrefix',
    errors: (text) => dnsSubdomainErrors(text, true),
    patternSize: 60,
  },
  dns1035LabelPrefix: {
    name: 'DNS1035LabelPrefix',
    errors: (text) => dns1035LabelErrors(prefixOf(text)),
    patternSize: 30,
  },
  labelValue: { name: 'LabelValue', errors: labelValueErrors, patternSize: 40 },
  uri: { name: 'URI', errors: uriErrors, patternSize: 1158 },
  uuid: { name: 'uuid', errors: unless(isUuid, 'does not match the UUID format'), patternSize: 36 },
  byte: { name: 'byte', errors: unless(isBase64, 'invalid base64'), patternSize: 80 },
  date: { name: 'date', errors: unless(isDate, 'invalid date'), patternSize: 134 },
  datetime: {
    name: 'datetime',
    errors: unless((text) => readTimestamp(text) !== undefined, 'invalid datetime'),
    patternSize: 134,
  },
};

function formatValue(format: Format): Value {
  return { kind: 'extension', type, data: format, equals: (other) => (other as Format).name === format.name };
}

function validate({ data }: ExtensionValue, text: string): Value {
  const errors = (data as Format).errors(text);
  return errors.length === 0 ? optionalNone : optionalOf([...errors]);
}

export const namedFormats: readonly Overload[] = [
  global('format-named', 'format.named', 'string', 'optional(kubernetes.NamedFormat)', (name: string) => {
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    return format === undefined ? optionalNone : optionalOf(formatValue(format));
  }),
  ...Object.entries(formats).map(([name, format]) =>
    global(`format.${name}`, `format.${name}`, '', 'kubernetes.NamedFormat', () => formatValue(format)),
  ),
  method('format-validate', 'validate', 'kubernetes.NamedFormat, string', 'optional(list(string))', validate),
];
