/**
 * The file behind --encryption-provider-config (kind EncryptionConfiguration of apiserver.config.k8s.io/v1), read and
 * checked with Kubernetes' texts. Secrets never stand in an error.
 */
import { invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { Json, JsonObject } from '../../api/schema.ts';

export interface EncryptionConfiguration {
  readonly resources: readonly ResourceConfiguration[];
}

export interface ResourceConfiguration {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group), `*.*`. */
  readonly resources: readonly string[];
  readonly providers: readonly ProviderConfiguration[];
}

export type ProviderConfiguration =
  | { readonly type: 'aescbc' | 'aesgcm' | 'secretbox'; readonly keys: readonly NamedKey[] }
  | { readonly type: 'identity' }
  | { readonly type: 'kms'; readonly kms: KmsConfiguration };

export interface NamedKey {
  readonly name: string;
  readonly secret: Buffer;
}

export interface KmsConfiguration {
  readonly name: string;
  /** `unix:///run/kms.sock`. */
  readonly endpoint: string;
  readonly timeoutMs: number;
}

const apiVersion = 'apiserver.config.k8s.io/v1';
const keyTypes = ['aescbc', 'aesgcm', 'secretbox'] as const;
const aesBytes = [16, 24, 32];
const defaultKmsTimeoutMs = 3000;

/** @throws Error that names the file and everything that is wrong with it. */
export async function parseConfiguration(
  text: string,
  path: string,
  reload: boolean,
): Promise<EncryptionConfiguration> {
  if (text === '') throw new Error(`encryption provider configuration file ${JSON.stringify(path)} is empty`);
  const { load } = await import('js-yaml');
  const file = objectOf(readYaml(text, load));
  if (file['apiVersion'] !== apiVersion || file['kind'] !== 'EncryptionConfiguration') {
    const said = `${String(file['apiVersion'])}, Kind=${String(file['kind'])}`;
    throw new Error(`no kind "EncryptionConfiguration" of version "${apiVersion}" in the file: it is ${said}`);
  }
  const unknown = unknownFields(file);
  if (unknown.length > 0) {
    throw new Error(
      `strict decoding error: ${unknown.map((field) => `unknown field ${JSON.stringify(field)}`).join(', ')}`,
    );
  }
  const errors = configurationErrors(file, reload);
  if (errors.length > 0) throw new Error(printed(errors));
  return { resources: objectsOf(file['resources']).map(readResource) };
}

/** The parser's own error quotes what it could not read, and that may be a secret: of it only the line is told. */
function readYaml(text: string, load: (text: string) => unknown): Json | undefined {
  let line: number | undefined;
  try {
    return load(text) as Json;
  } catch (error) {
    line = (error as { mark?: { line?: number } }).mark?.line;
  }
  throw new Error(`couldn't parse the file as YAML${line === undefined ? '' : ` (line ${line + 1})`}`);
}

function printed(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

function readResource(entry: JsonObject): ResourceConfiguration {
  return {
    resources: stringsOf(entry['resources']),
    providers: objectsOf(entry['providers']).map(readProvider),
  };
}

function readProvider(provider: JsonObject): ProviderConfiguration {
  const type = keyTypes.find((each) => provider[each] != null);
  if (type !== undefined) {
    const keys = objectsOf(objectOf(provider[type])['keys']);
    return {
      type,
      keys: keys.map((key) => ({
        name: String(key['name']),
        secret: Buffer.from(String(key['secret']), 'base64'),
      })),
    };
  }
  if (provider['kms'] == null) return { type: 'identity' };
  const kms = objectOf(provider['kms']);
  if (kmsVersion(kms) === 'v1') {
    throw new Error(
      'KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead. ' +
        'Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.',
    );
  }
  const { name, endpoint } = kms;
  return {
    type: 'kms',
    kms: {
      name: String(name),
      endpoint: String(endpoint),
      timeoutMs: durationMs(kms['timeout']) ?? defaultKmsTimeoutMs,
    },
  };
}

const kmsVersion = (kms: JsonObject): string => String(kms['apiVersion'] ?? 'v1');

function configurationErrors(file: JsonObject, reload: boolean): readonly FieldError[] {
  const entries = objectsOf(file['resources']);
  if (entries.length === 0) return [requiredField('resources', 'at least one resources is required')];
  const kmsNames = new Set<string>();
  return entries.flatMap((entry, index) => {
    const resourcesField = `resources[${index}].resources`;
    const providersField = `resources[${index}].providers`;
    const resources = stringsOf(entry['resources']);
    const providers = objectsOf(entry['providers']);
    return [
      ...(resources.length === 0 ? [requiredField(resourcesField, `at least one ${resourcesField} is required`)] : []),
      ...overlapErrors(resources, resourcesField),
      ...resources.flatMap((name, at) => nameErrors(name, `${resourcesField}[${at}]`)),
      ...(providers.length === 0 ? [requiredField(providersField, `at least one ${providersField} is required`)] : []),
      ...providers.flatMap((provider, at) => providerErrors(provider, `${providersField}[${at}]`, kmsNames, reload)),
    ];
  });
}

/** `*.` is the core group's everything. */
export function splitResource(text: string): { readonly resource: string; readonly group: string } {
  const point = text.indexOf('.');
  return point < 0 ? { resource: text, group: '' } : { resource: text.slice(0, point), group: text.slice(point + 1) };
}

function overlapErrors(resources: readonly string[], field: string): readonly FieldError[] {
  const all = resources.map(splitResource);
  const pairs = all.flatMap((one, i) => all.filter((_, j) => i !== j).map((other) => [one, other] as const));
  const same = pairs.some(([a, b]) => a.resource === b.resource && a.group === b.group);
  const masked = pairs.some(([a, b]) => {
    if (a.resource === b.resource && a.group === b.group) return false;
    if (a.resource === '*' && a.group === '*') return true;
    return a.group === b.group && (a.resource === '*' || b.resource === '*');
  });
  const errors: FieldError[] = [];
  if (same) errors.push(invalid(field, resources, 'the same resource cannot be specified multiple times'));
  if (masked) {
    const detail =
      "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";
    errors.push(invalid(field, resources, detail));
  }
  return errors;
}

const withoutApi = ['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations'];

function nameErrors(name: string, field: string): readonly FieldError[] {
  const { resource, group } = splitResource(name);
  const why =
    name.toLowerCase() !== name
      ? 'resource name should not contain capital letters'
      : name === '*'
        ? "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources"
        : withoutApi.includes(name)
          ? 'resources which do not have REST API/s cannot be encrypted'
          : group === 'events.k8s.io'
            ? "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file"
            : group === 'extensions'
              ? "'extensions' group has been removed and cannot be used for encryption"
              : group === '*' && resource !== '*'
                ? 'encrypting the same resource across groups is not supported'
                : undefined;
  return why === undefined ? [] : [invalid(field, name, why)];
}

function providerErrors(
  provider: JsonObject,
  field: string,
  kmsNames: Set<string>,
  reload: boolean,
): readonly FieldError[] {
  const found = providerTypes.filter((type) => provider[type] != null);
  const redacted = Object.fromEntries(found.map((type) => [type, {}]));
  if (found.length === 0) {
    const detail = 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity';
    return [invalid(field, redacted, detail)];
  }
  const errors: FieldError[] = [];
  if (found.length > 1) {
    const detail = 'more than one provider specified in a single element, should split into different list elements';
    errors.push(invalid(field, redacted, detail));
  }
  const [type] = found;
  if (type === 'identity' || type === undefined) return errors;
  const inner = objectOf(provider[type]);
  if (type === 'kms') return [...errors, ...kmsErrors(inner, `${field}.kms`, kmsNames, reload)];
  return [...errors, ...keyErrors(inner, `${field}.${type}.keys`, type === 'secretbox' ? [32] : aesBytes)];
}

/** In the order in which the first one found is looked at further. */
const providerTypes = ['kms', 'aesgcm', 'aescbc', 'secretbox', 'identity'] as const;

function keyErrors(provider: JsonObject, field: string, lengths: readonly number[]): readonly FieldError[] {
  const keys = objectsOf(provider['keys']);
  if (keys.length === 0) return [requiredField(field, 'at least one keys is required')];
  return keys.flatMap((key, index) => {
    const errors: FieldError[] = [];
    const secretField = `${field}[${index}].secret`;
    const secret = String(key['secret'] ?? '');
    if (!key['name']) errors.push(requiredField(`${field}[${index}].name`, 'name is a mandatory field for a key'));
    if (secret === '') return [...errors, requiredField(secretField, 'secret is a mandatory field for a key')];
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret.replaceAll(/[\r\n]/g, ''))) {
      return [...errors, invalid(secretField, 'REDACTED', 'secrets must be base64 encoded')];
    }
    const { length } = Buffer.from(secret, 'base64');
    if (lengths.includes(length)) return errors;
    const detail = `secret is not of the expected length, got ${length}, expected one of [${lengths.join(' ')}]`;
    return [...errors, invalid(secretField, 'REDACTED', detail)];
  });
}

function kmsErrors(kms: JsonObject, field: string, names: Set<string>, reload: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = String(kms['name'] ?? '');
  const version = kmsVersion(kms);
  const add = (inner: string, value: unknown, detail: string): number =>
    errors.push(invalid(`${field}.${inner}`, value, detail));
  if (name === '') errors.push(requiredField(`${field}.name`, 'name is a mandatory field for a provider'));
  if (version !== 'v1' && name.includes(':')) {
    add('name', name, `invalid KMS provider name ${name}, must not contain ':'`);
  }
  if ((reload || version !== 'v1') && names.has(name)) {
    add('name', name, `duplicate KMS provider name ${name}, names must be unique`);
  }
  names.add(name);
  const timeoutMs = kms['timeout'] == null ? defaultKmsTimeoutMs : durationMs(kms['timeout']);
  if (timeoutMs === undefined || timeoutMs <= 0) add('timeout', kms['timeout'], 'timeout should be a positive value');
  const endpoint = String(kms['endpoint'] ?? '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(endpoint)?.[1] ?? '';
  if (endpoint === '') add('endpoint', '', 'endpoint is a mandatory field for a kms');
  else if (scheme !== 'unix') {
    add('endpoint', endpoint, `unsupported scheme ${JSON.stringify(scheme)} for KMS provider, only unix is supported`);
  }
  if (version !== 'v1' && kms['cachesize'] != null) {
    add('cachesize', kms['cachesize'], 'cachesize is not supported in v2');
  }
  if (version !== 'v1' && version !== 'v2') {
    add('apiVersion', version, 'unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported');
  }
  return errors;
}

/** Go's way to write a duration, such as `1m30s`. */
function durationMs(value: Json | undefined): number | undefined {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const text = String(value ?? '');
  if (!/^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(count) * (units[unit] ?? 0);
  }
  return text.startsWith('-') ? -total : total;
}

function unknownFields(file: JsonObject): readonly string[] {
  const beyond = (object: JsonObject, known: readonly string[], at: string): readonly string[] =>
    Object.keys(object)
      .filter((name) => !known.includes(name))
      .map((name) => `${at}${name}`);
  return [
    ...beyond(file, ['apiVersion', 'kind', 'resources'], ''),
    ...objectsOf(file['resources']).flatMap((entry, index) => [
      ...beyond(entry, ['resources', 'providers'], `resources[${index}].`),
      ...objectsOf(entry['providers']).flatMap((provider, at) => {
        const place = `resources[${index}].providers[${at}].`;
        const inner = (type: string, known: readonly string[]): readonly string[] =>
          beyond(objectOf(provider[type]), known, `${place}${type}.`);
        return [
          ...beyond(provider, providerTypes, place),
          ...keyTypes.flatMap((type) => inner(type, ['keys'])),
          ...inner('kms', ['apiVersion', 'name', 'cachesize', 'endpoint', 'timeout']),
        ];
      }),
    ]),
  ];
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function stringsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
