/** Webhooks of admission, checked. */
import { duplicate, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { MutatingWebhook, ServiceReference } from '../../groups/admissionregistration.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { dns1035LabelErrors, portErrors } from '../../names.ts';
import type { WriteContext } from '../../descriptor.ts';
import { samePlain } from '../../equality.ts';
import { repeats } from '../../repeats.ts';
import { labelSelectorErrors } from '../selector-errors.ts';
import type { Check } from './expression-checks.ts';
import { failurePolicies, matchConditionErrors, matchPolicies, operationRuleErrors } from './rule-errors.ts';

const sideEffects = ['None', 'NoneOnDryRun'];
const reviewVersions = ['v1', 'v1beta1'];
const reinvocationPolicies = ['IfNeeded', 'Never'];

/** Both kinds of webhook; validating ones have no policy of reinvocation. */
type Webhook = Omit<MutatingWebhook, 'reinvocationPolicy'> & Pick<Partial<MutatingWebhook>, 'reinvocationPolicy'>;

interface Configuration {
  readonly webhooks?: readonly Webhook[] | undefined;
}

/** `old`: conditions that are as they were are not judged again. */
export function webhooksErrors(
  configuration: Configuration,
  { expressionChecks }: Pick<WriteContext, 'expressionChecks'> = {},
  old?: Configuration,
): readonly FieldError[] {
  const webhooks = configuration.webhooks ?? [];
  const same = old !== undefined && sameConditions(webhooks, old.webhooks ?? []);
  const check = same ? undefined : expressionChecks?.({ params: false, variables: false }).matchCondition;
  return webhooks.flatMap((webhook, index) => {
    const item = `webhooks[${index}]`;
    const { name } = webhook;
    const taken = name !== '' && webhooks.findIndex((each) => each.name === name) < index;
    return [
      ...webhookErrors(webhook, item, same, check),
      ...reviewVersionErrors(webhook.admissionReviewVersions ?? [], `${item}.admissionReviewVersions`),
      ...(taken ? [duplicate(`${item}.name`, name)] : []),
    ];
  });
}

function sameConditions(webhooks: readonly Webhook[], old: readonly Webhook[]): boolean {
  const conditions = (list: readonly Webhook[]): unknown => list.map(({ matchConditions }) => matchConditions ?? null);
  return samePlain(conditions(webhooks), conditions(old));
}

function webhookErrors(
  webhook: Webhook,
  field: string,
  same: boolean,
  check: Check | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [...fullNameErrors(webhook.name, `${field}.name`)];
  for (const [index, rule] of (webhook.rules ?? []).entries()) {
    errors.push(...operationRuleErrors(rule, `${field}.rules[${index}]`));
  }
  const choice = (name: 'failurePolicy' | 'matchPolicy', values: readonly string[]): void => {
    const value = webhook[name];
    if (value != null && !values.includes(value)) errors.push(notSupported(`${field}.${name}`, value, values));
  };
  choice('failurePolicy', failurePolicies);
  choice('matchPolicy', matchPolicies);
  if (webhook.sideEffects == null) {
    errors.push(requiredField(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`));
  } else if (!sideEffects.includes(webhook.sideEffects)) {
    errors.push(notSupported(`${field}.sideEffects`, webhook.sideEffects, sideEffects));
  }
  const { timeoutSeconds, reinvocationPolicy } = webhook;
  if (timeoutSeconds != null && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    const detail = 'the timeout value must be between 1 and 30 seconds';
    errors.push(invalid(`${field}.timeoutSeconds`, timeoutSeconds, detail));
  }
  errors.push(...labelSelectorErrors(webhook.namespaceSelector, `${field}.namespaceSelector`));
  errors.push(...labelSelectorErrors(webhook.objectSelector, `${field}.objectSelector`));
  if (reinvocationPolicy != null && !reinvocationPolicies.includes(reinvocationPolicy)) {
    errors.push(notSupported(`${field}.reinvocationPolicy`, reinvocationPolicy, reinvocationPolicies));
  }
  errors.push(...clientErrors(webhook, `${field}.clientConfig`));
  if (!same) errors.push(...matchConditionErrors(webhook.matchConditions ?? [], `${field}.matchConditions`, check));
  return errors;
}

function fullNameErrors(name: string, field: string): readonly FieldError[] {
  if (name === '') return [requiredField(field)];
  const texts = dnsSubdomainErrors(name);
  if (texts.length > 0) return [invalid(field, name, texts.join(','))];
  return name.split('.').length < 3
    ? [invalid(field, name, 'should be a domain with at least three segments separated by dots')]
    : [];
}

function reviewVersionErrors(versions: readonly string[], field: string): readonly FieldError[] {
  if (versions.length === 0) return [requiredField(field, `must specify one of ${reviewVersions.join(', ')}`)];
  const errors: FieldError[] = [];
  const again = repeats(versions);
  for (const [index, version] of versions.entries()) {
    const item = `${field}[${index}]`;
    if (again.has(index)) errors.push(invalid(item, version, 'duplicate version'));
    else errors.push(...dns1035LabelErrors(version).map((text) => invalid(item, version, text)));
  }
  if (!versions.some((version) => reviewVersions.includes(version))) {
    errors.push(invalid(field, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  }
  return errors;
}

function clientErrors({ clientConfig }: Webhook, field: string): readonly FieldError[] {
  const { url, service } = clientConfig;
  if ((url == null) === (service == null)) {
    return [requiredField(field, 'exactly one of url or service is required')];
  }
  if (url != null) return urlErrors(url, `${field}.url`);
  return service == null ? [] : serviceReferenceErrors(service, `${field}.service`);
}

/** The address of a webhook that is reached by URL. */
export function urlErrors(text: string, field: string): readonly FieldError[] {
  const form = '; desired format: https://host[/path]';
  const problem = urlProblem(text);
  if (problem !== undefined) {
    return [requiredField(field, `url must be a valid URL: parse ${JSON.stringify(text)}: ${problem}${form}`)];
  }
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  const [, scheme = '', authority = '', , query = '', fragment = ''] = match ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${form}`));
  if (host === '') errors.push(invalid(field, host, `host must be provided${form}`));
  if (at >= 0) errors.push(invalid(field, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(field, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(field, query, 'query parameters are not permitted in the URL'));
  return errors;
}

/** Why Go reads no URL from the text; undefined: it does. */
function urlProblem(text: string): string | undefined {
  if ([...text].some((character) => character < ' ' || character === '\x7F')) {
    return 'net/url: invalid control character in URL';
  }
  if (text.startsWith(':')) return 'missing protocol scheme';
  const [, scheme, authority = '', path = ''] =
    /^([A-Za-z][A-Za-z0-9+.-]*:)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(text) ?? [];
  if (scheme === undefined && /^[^/]*:/.test(path)) return 'first path segment in URL cannot contain colon';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const port = /:([^:\]]*)$/.exec(host)?.[1] ?? '';
  if (!/^\d*$/.test(port)) return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  const unfit = /[ "\\^`{|}]/.exec(host)?.[0];
  if (unfit !== undefined) return `invalid character ${JSON.stringify(unfit)} in host name`;
  const escape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0];
  return escape === undefined ? undefined : `invalid URL escape ${JSON.stringify(escape)}`;
}

/** The Service of a webhook that is reached in the cluster. */
export function serviceReferenceErrors(
  { name, namespace, path, port }: ServiceReference,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(requiredField(`${field}.name`, 'service name is required'));
  if (namespace === '') errors.push(requiredField(`${field}.namespace`, 'service namespace is required'));
  const texts = portErrors(port ?? 443);
  if (texts.length > 0) errors.push(invalid(`${field}.port`, port, `port is not valid: ${texts.join(', ')}`));
  return [...errors, ...pathErrors(path ?? '', `${field}.path`)];
}

function pathErrors(path: string, field: string): readonly FieldError[] {
  if (path === '' || path === '/') return [];
  if (path === '//') return [invalid(field, path, 'segment[0] may not be empty')];
  const errors: FieldError[] = [];
  if (!path.startsWith('/')) errors.push(invalid(field, path, "must start with a '/'"));
  const segments = path.slice(1).replace(/\/$/, '').split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '') errors.push(invalid(field, path, `segment[${index}] may not be empty`));
    else {
      errors.push(...dnsSubdomainErrors(segment).map((text) => invalid(field, path, `segment[${index}]: ${text}`)));
    }
  }
  return errors;
}
