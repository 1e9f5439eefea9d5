/**
 * The file of --authorization-config: authorizers in the order they are asked, webhooks among them.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#using-configuration-file-for-authorization
 */
import { parseDuration } from '../../api/duration.ts';
import { duplicate, invalid, notSupported, requiredField, type FieldError } from '../../api/field-error.ts';
import { subdomainErrors } from '../../api/names.ts';
import { checkHead, flagField, listOf, record, refuseFaults, textField } from '../config-file.ts';
import { compileMatchConditions } from './match-conditions.ts';
import type { WebhookAuthorizerOptions } from './webhook.ts';

const readWebhook = record({
  authorizedTTL: textField,
  unauthorizedTTL: textField,
  cacheAuthorizedRequests: flagField,
  cacheUnauthorizedRequests: flagField,
  timeout: textField,
  subjectAccessReviewVersion: textField,
  matchConditionSubjectAccessReviewVersion: textField,
  failurePolicy: textField,
  connectionInfo: record({ type: textField, kubeConfigFile: textField }),
  matchConditions: listOf(record({ expression: textField })),
});

const readFile = record({
  apiVersion: textField,
  kind: textField,
  authorizers: listOf(record({ type: textField, name: textField, webhook: readWebhook })),
});

type Webhook = ReturnType<typeof readWebhook>;

/** A webhook, and the kubeconfig that says where it is. */
export type ConfiguredWebhook = Omit<WebhookAuthorizerOptions, 'server' | 'clock'> & { readonly kubeconfig: string };

export type ConfiguredAuthorizer = PlainMode | ConfiguredWebhook;

export type PlainMode = (typeof plainModes)[number];

const plainModes = ['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC'] as const;
const knownModes = ['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'];

/** `value`: the parsed file. @throws ConfigError */
export function readAuthorizationConfiguration(value: unknown): readonly ConfiguredAuthorizer[] {
  const file = readFile(value, '');
  checkHead(file, 'AuthorizationConfiguration', ['v1', 'v1beta1', 'v1alpha1']);
  const { authorizers = [] } = file;
  const errors: FieldError[] = [];
  if (authorizers.length === 0) {
    errors.push(requiredField('authorizers', 'at least one authorization mode must be defined'));
  }
  const types = new Set<string>();
  const names = new Set<string>();
  const read = authorizers.flatMap(({ type = '', name = '', webhook }, index): ConfiguredAuthorizer[] => {
    const path = `authorizers[${index}]`;
    if (type === '') errors.push(requiredField(`${path}.type`));
    else if (!knownModes.includes(type)) errors.push(notSupported(`${path}.type`, type, knownModes));
    else if (types.has(type) && type !== 'Webhook') errors.push(duplicate(`${path}.type`, type));
    else {
      types.add(type);
      errors.push(...nameErrors(name, names, `${path}.name`));
      names.add(name);
      if (type === 'Webhook') return checkWebhook(webhook, name, path, errors);
      if (webhook !== undefined) {
        errors.push(invalid(`${path}.webhook`, 'non-null', 'may only be specified when type=Webhook'));
      }
      return plainModes.filter((mode) => mode === type);
    }
    return [];
  });
  refuseFaults(errors.map(({ field, message }) => `${field}: ${message}`));
  return read;
}

function nameErrors(name: string, names: ReadonlySet<string>, field: string): FieldError[] {
  if (name === '') return [requiredField(field)];
  if (names.has(name)) return [duplicate(field, name)];
  const texts = subdomainErrors(name);
  return texts.length === 0 ? [] : [invalid(field, name, `authorizer name is invalid: ${texts.join(', ')}`)];
}

function checkWebhook(
  webhook: Webhook | undefined,
  name: string,
  path: string,
  errors: FieldError[],
): ConfiguredWebhook[] {
  if (webhook === undefined) {
    errors.push(requiredField(`${path}.webhook`, 'required when type=Webhook'));
    return [];
  }
  const { subjectAccessReviewVersion: version = '', failurePolicy = '' } = webhook;
  const expressions = (webhook.matchConditions ?? []).map(({ expression = '' }) => expression);
  const ttl = (member: 'authorizedTTL' | 'unauthorizedTTL', defaultMs: number): number =>
    readTime(webhook[member], defaultMs, `${path}.${member}`, errors, (ms) => (ms > 0 ? undefined : 'must be > 0s'));
  const configured = {
    name,
    timeoutMs: readTime(webhook.timeout, undefined, `${path}.timeout`, errors, (ms) =>
      ms > 0 && ms <= 30_000 ? undefined : 'must be > 0s and <= 30s',
    ),
    authorizedMs: ttl('authorizedTTL', 300_000),
    unauthorizedMs: ttl('unauthorizedTTL', 30_000),
    cacheAuthorized: webhook.cacheAuthorizedRequests ?? true,
    cacheUnauthorized: webhook.cacheUnauthorizedRequests ?? true,
    version: oneOf(version, ['v1', 'v1beta1'], `${path}.subjectAccessReviewVersion`, errors),
    failurePolicy: oneOf(failurePolicy, ['NoOpinion', 'Deny'], `${path}.failurePolicy`, errors),
    matches: compileMatchConditions(expressions, path, errors),
    kubeconfig: checkConnection(webhook.connectionInfo, `${path}.connectionInfo`, errors),
  };
  checkConditionVersion(webhook, `${path}.matchConditionSubjectAccessReviewVersion`, errors);
  return [configured];
}

function readTime(
  written: string | undefined,
  defaultMs: number | undefined,
  field: string,
  errors: FieldError[],
  fault: (ms: number) => string | undefined,
): number {
  if (written === undefined || written === '0s') {
    if (defaultMs === undefined) errors.push(requiredField(field));
    return defaultMs ?? 0;
  }
  try {
    const ms = parseDuration(written);
    const why = fault(ms);
    if (why !== undefined) errors.push(invalid(field, written, why));
    return ms;
  } catch (error) {
    errors.push(invalid(field, written, error instanceof Error ? error.message : String(error)));
    return 0;
  }
}

function oneOf<Choice extends string>(
  value: string,
  choices: readonly [Choice, ...Choice[]],
  field: string,
  errors: FieldError[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) errors.push(value === '' ? requiredField(field) : notSupported(field, value, choices));
  return found ?? choices[0];
}

function checkConditionVersion(webhook: Webhook, field: string, errors: FieldError[]): void {
  const { matchConditionSubjectAccessReviewVersion: version = '', matchConditions = [] } = webhook;
  if (version === 'v1') return;
  if (version !== '') errors.push(notSupported(field, version, ['v1']));
  else if (matchConditions.length > 0) errors.push(requiredField(field, 'required if match conditions are specified'));
}

function checkConnection(
  { type = '', kubeConfigFile }: NonNullable<Webhook['connectionInfo']> = {},
  path: string,
  errors: FieldError[],
): string {
  const field = `${path}.kubeConfigFile`;
  if (type === '') errors.push(requiredField(`${path}.type`));
  else if (type !== 'KubeConfigFile') errors.push(notSupported(`${path}.type`, type, ['KubeConfigFile']));
  else if (kubeConfigFile === undefined || kubeConfigFile === '') errors.push(requiredField(field));
  else if (!kubeConfigFile.startsWith('/')) errors.push(invalid(field, kubeConfigFile, 'must be an absolute path'));
  return kubeConfigFile ?? '';
}
