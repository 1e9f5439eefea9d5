/**
 * Questions to the authorizer of the cluster, such as
 * `authorizer.group('apps').resource('deployments').namespace('a').check('create').allowed()`.
 * https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
 */
import { labelErrors, subdomainErrors } from '../../api/names.ts';
import { method, type Overload } from '../function.ts';
import { objectType } from '../type.ts';
import { fail, type ExtensionValue } from '../value.ts';

/** What is asked: a path, or a resource. */
export interface AccessCheck {
  readonly verb: string;
  /** Another user than the one of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly resource?: ResourceCheck;
}

export interface ResourceCheck {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** Undefined: none. */
  readonly error?: string;
}

export type CheckAccess = (check: AccessCheck) => AccessDecision;

/** What is known of a question so far. */
interface Asked {
  readonly ask: CheckAccess;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly path?: string;
  readonly group?: string;
  readonly resource?: ResourceCheck;
}

const prefix = 'kubernetes.authorization.';
const value = (name: string, data: object): ExtensionValue => ({
  kind: 'extension',
  type: objectType(prefix + name),
  data,
  equals: (other) => other === data,
});

/** The variable `authorizer`. */
export const authorizerValue = (ask: CheckAccess): ExtensionValue => value('Authorizer', { ask });

/** The variable `authorizer.requestResource`. */
export const requestResourceValue = (ask: CheckAccess, resource: ResourceCheck): ExtensionValue =>
  value('ResourceCheck', { ask, resource });

export const authorizerType = objectType(`${prefix}Authorizer`);
export const resourceCheckType = objectType(`${prefix}ResourceCheck`);

const asked = ({ data }: ExtensionValue): Asked => data as Asked;
const decision = ({ data }: ExtensionValue): AccessDecision => data as AccessDecision;

function narrowed(target: ExtensionValue, change: Partial<ResourceCheck>): ExtensionValue {
  const { resource, ...known } = asked(target);
  const none = { group: known.group ?? '', resource: '', subresource: '', namespace: '', name: '' };
  return value('ResourceCheck', { ...known, resource: { ...none, ...resource, ...change } });
}

function check(target: ExtensionValue, verb: string): ExtensionValue {
  const { ask, serviceAccount, path, resource } = asked(target);
  return value(
    'Decision',
    ask({
      verb,
      ...(serviceAccount === undefined ? {} : { serviceAccount }),
      ...(path === undefined ? {} : { path }),
      ...(resource === undefined ? {} : { resource }),
    }),
  );
}

function serviceAccount(target: ExtensionValue, namespace: string, name: string): ExtensionValue {
  if (subdomainErrors(name).length > 0) return fail('Invalid service account name');
  if (labelErrors(namespace).length > 0) return fail('Invalid service account namespace');
  return value('Authorizer', { ...asked(target), serviceAccount: { namespace, name } });
}

const narrowing = [
  ['subresource', 'resourcecheck_subresource'],
  ['namespace', 'resourcecheck_namespace'],
  ['name', 'resourcecheck_name'],
  ['fieldSelector', 'authorizer_fieldselector'],
  ['labelSelector', 'authorizer_labelselector'],
] as const;

const authorizer = `${prefix}Authorizer`;
const pathCheck = `${prefix}PathCheck`;
const groupCheck = `${prefix}GroupCheck`;
const resourceCheck = `${prefix}ResourceCheck`;
const answer = `${prefix}Decision`;

export const authorizers: readonly Overload[] = [
  method('authorizer_path', 'path', `${authorizer}, string`, pathCheck, (target: ExtensionValue, path: string) =>
    path.trim() === '' ? fail('path must not be empty') : value('PathCheck', { ...asked(target), path }),
  ),
  method('authorizer_group', 'group', `${authorizer}, string`, groupCheck, (target: ExtensionValue, group: string) =>
    value('GroupCheck', { ...asked(target), group }),
  ),
  method('authorizer_serviceaccount', 'serviceAccount', `${authorizer}, string, string`, authorizer, serviceAccount),
  method(
    'groupcheck_resource',
    'resource',
    `${groupCheck}, string`,
    resourceCheck,
    (target: ExtensionValue, resource: string) =>
      resource.trim() === '' ? fail('resource must not be empty') : narrowed(target, { resource }),
  ),
  ...narrowing.map(([name, id]) =>
    method(id, name, `${resourceCheck}, string`, resourceCheck, (target: ExtensionValue, text: string) =>
      narrowed(target, { [name]: text }),
    ),
  ),
  method('pathcheck_check', 'check', `${pathCheck}, string`, answer, check),
  method('resourcecheck_check', 'check', `${resourceCheck}, string`, answer, check),
  method(
    'decision_errored',
    'errored',
    answer,
    'bool',
    (target: ExtensionValue) => decision(target).error !== undefined,
  ),
  method('decision_error', 'error', answer, 'string', (target: ExtensionValue) => decision(target).error ?? ''),
  method('decision_allowed', 'allowed', answer, 'bool', (target: ExtensionValue) => decision(target).allowed),
  method('decision_reason', 'reason', answer, 'string', (target: ExtensionValue) => decision(target).reason),
];
