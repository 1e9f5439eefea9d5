/**
 * Impersonation: a user who has the right to do so asks in the name of another one (kubectl --as).
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../../api/api-error.ts';
import type { AccessQuestion, Authorizer } from '../authorization/authorizer.ts';
import { forbiddenError } from '../authorization/forbidden.ts';
import { authenticated, type User } from '../user.ts';

/** What the Impersonate headers ask for. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const extraPrefix = 'impersonate-extra-';
const accountPrefix = 'system:serviceaccount:';

/** Undefined when no header asks for it. */
export function readImpersonation(headers: IncomingHttpHeaders): Impersonation | undefined {
  if (!asksForIt(headers)) return undefined;
  const one = (name: string): string => values(headers[name])[0] ?? '';
  const extra: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(extraPrefix)) extra[unescapeKey(name.slice(extraPrefix.length))] = values(value);
  }
  const groups = values(headers['impersonate-group']);
  const asked = { user: one('impersonate-user'), uid: one('impersonate-uid'), groups, extra };
  const nothing = asked.user === '' && asked.uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
  return nothing ? undefined : asked;
}

/** Every request comes here, hardly any goes further: no lists are made to find that out. */
function asksForIt(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** The user who is impersonated. @throws ApiError when the headers are incomplete or `user` may not do this. */
export function impersonate(user: User, asked: Impersonation, authorizer: Authorizer): User {
  if (asked.user === '') {
    throw new ApiError(
      'InternalError',
      `Internal error occurred: requested ${JSON.stringify(asked)} without impersonating a user name`,
      { causes: [{ message: 'requested impersonation without a user name' }] },
    );
  }
  for (const question of questionsFor(user, asked)) {
    if (authorizer.decide(question)?.allowed !== true) throw forbiddenError(question);
  }
  return impersonated(asked);
}

function questionsFor(user: User, { user: name, uid, groups, extra }: Impersonation): AccessQuestion[] {
  const account = readAccount(name);
  const question = (group: string, resource: string, about: string, subresource = '', namespace = '') => ({
    user,
    verb: 'impersonate',
    path: '',
    resource: { group, version: 'v1', resource, subresource, namespace, name: about },
  });
  return [
    account === undefined
      ? question('', 'users', name)
      : question('', 'serviceaccounts', account.name, '', account.namespace),
    ...groups.map((group) => question('', 'groups', group)),
    ...Object.entries(extra).flatMap(([key, texts]) =>
      texts.map((text) => question('authentication.k8s.io', 'userextras', text, key)),
    ),
    ...(uid === '' ? [] : [question('authentication.k8s.io', 'uids', uid)]),
  ];
}

function impersonated({ user: name, uid, groups, extra }: Impersonation): User {
  const account = readAccount(name);
  const own =
    groups.length > 0 || account === undefined
      ? groups
      : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  const user: User = {
    name,
    groups: own,
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
  if (name !== 'system:anonymous') return authenticated(user);
  return own.includes('system:unauthenticated') ? user : { ...user, groups: [...own, 'system:unauthenticated'] };
}

function readAccount(name: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!name.startsWith(accountPrefix)) return undefined;
  const [namespace = '', account = '', ...rest] = name.slice(accountPrefix.length).split(':');
  return rest.length > 0 || namespace === '' || account === '' ? undefined : { namespace, name: account };
}

/** Node joins repeated headers with a comma; none of these values may hold one. */
function values(header: string | readonly string[] | undefined): string[] {
  if (header === undefined) return [];
  const all = typeof header === 'string' ? header.split(',') : header;
  return all.map((value) => value.trim()).filter((value) => value !== '');
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
