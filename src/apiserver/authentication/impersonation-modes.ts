/**
 * The ways to impersonate: whom each fits, and which rights it asks for.
 *
 *   associated-node   a service account as the node its pod runs on    verbs impersonate:associated-node,
 *                                                                      impersonate-on:associated-node:VERB
 *   arbitrary-node    any node                                         … and likewise for the others
 *   serviceaccount    any service account
 *   user-info         other users, with groups, uid and extra values
 *   impersonate       the old way: everybody, and without a second question
 */
import type { ApiError } from '../../api/api-error.ts';
import { domainPathErrors } from '../../api/kinds/domain-path.ts';
import { subdomainErrors } from '../../api/names.ts';
import type { AccessQuestion, Authorizer, ResourceAccess } from '../authorization/authorizer.ts';
import { forbiddenError } from '../authorization/forbidden.ts';
import { anonymous, serviceAccountGroups, serviceAccountOf, type User } from '../user.ts';

/** What the Impersonate headers ask for. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ImpersonationMode {
  readonly constraint: string;
  fits(asked: Impersonation, user: User): boolean;
  /** The user who is impersonated, or why not. */
  check(authorizer: Authorizer, asked: Impersonation, question: AccessQuestion): Promise<User | ApiError>;
}

const nodePrefix = 'system:node:';
const nodeNameKey = 'authentication.kubernetes.io/node-name';
/** So many questions of one sort are first put as a single one, for all. */
const manyQuestions = 4;

const nodeOf = (name: string): string | undefined => {
  const node = name.startsWith(nodePrefix) ? name.slice(nodePrefix.length) : undefined;
  return node === undefined || subdomainErrors(node).length > 0 ? undefined : node;
};

const onlyName = ({ uid, groups, extra }: Impersonation): boolean =>
  uid === '' && groups.length === 0 && Object.keys(extra).length === 0;

const isOnNode = ({ name, extra }: User, node: string | undefined): boolean => {
  const values = extra?.[nodeNameKey] ?? [];
  return node !== undefined && serviceAccountOf(name) !== undefined && values.length === 1 && values[0] === node;
};

export const impersonationModes: readonly ImpersonationMode[] = [
  constrained('associated-node', (asked, user) => onlyName(asked) && isOnNode(user, nodeOf(asked.user))),
  constrained('arbitrary-node', (asked) => onlyName(asked) && nodeOf(asked.user) !== undefined),
  constrained('serviceaccount', (asked) => onlyName(asked) && serviceAccountOf(asked.user) !== undefined),
  constrained('user-info', ({ user }) => nodeOf(user) === undefined && serviceAccountOf(user) === undefined),
  {
    constraint: '',
    fits: () => true,
    async check(authorizer, asked, { user }) {
      const rights = createRights(authorizer, user, { verb: 'impersonate', identityGroup: '' });
      const [who, groups] = identity(asked, false);
      const refusal =
        (await rights.may(who)) ??
        (await rights.mayUid(asked.uid)) ??
        (await rights.mayEach(asked.groups.map((name) => ({ resource: 'groups', name })))) ??
        (await rights.mayEach(extraParts(asked.extra)));
      return refusal ?? impersonatedUser(asked, groups);
    },
  },
];

function constrained(mode: string, fits: ImpersonationMode['fits']): ImpersonationMode {
  const verb = `impersonate:${mode}`;
  return {
    constraint: verb,
    fits,
    async check(authorizer, asked, question) {
      const user = mode === 'associated-node' ? withoutExtra(question.user) : question.user;
      const on = { ...question, user, verb: `impersonate-on:${mode}:${question.verb}` };
      const rights = createRights(authorizer, user, { verb, identityGroup: 'authentication.k8s.io' });
      const [who, groups] = identity(asked, true);
      // The right is for whatever node the account runs on, so it is asked for all of them.
      const part = mode === 'associated-node' ? { ...who, name: '*' } : who;
      const refusal =
        (await ask(authorizer, on)) ??
        (await rights.may(part)) ??
        (await rights.mayUid(asked.uid)) ??
        (await mayGroups(rights, asked.groups)) ??
        (await mayExtra(rights, asked.extra));
      return refusal ?? impersonatedUser(asked, groups);
    },
  };
}

/** What makes the same account differ from node to node stays out of the question. */
const withoutExtra = (user: User): User => ({
  ...user,
  extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(user.extra ?? {}).toSorted() },
});

interface Part {
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
  readonly subresource?: string;
}

/** What the name asks to be, and the groups that come with it. */
function identity({ user, groups }: Impersonation, isConstrained: boolean): readonly [Part, readonly string[]] {
  const node = isConstrained ? nodeOf(user) : undefined;
  if (node !== undefined) return [{ resource: 'nodes', name: node }, ['system:nodes']];
  const account = serviceAccountOf(user);
  if (account === undefined) return [{ resource: 'users', name: user }, groups];
  const part = { resource: 'serviceaccounts', name: account.name, namespace: account.namespace };
  return [part, groups.length === 0 ? serviceAccountGroups(account.namespace) : groups];
}

const extraParts = (extra: Impersonation['extra']): readonly Part[] =>
  Object.entries(extra).flatMap(([key, values]) =>
    values.map((name) => ({ resource: 'userextras', subresource: key, name })),
  );

interface Rights {
  may(part: Part): Promise<ApiError | undefined>;
  mayUid(uid: string): Promise<ApiError | undefined>;
  mayEach(parts: readonly Part[]): Promise<ApiError | undefined>;
  refuse(part: Part, why: string): ApiError;
}

function createRights(
  authorizer: Authorizer,
  user: User,
  { verb, identityGroup }: { readonly verb: string; readonly identityGroup: string },
): Rights {
  const question = ({ resource, name, namespace = '', subresource = '' }: Part): AccessQuestion => {
    const group = resource === 'uids' || resource === 'userextras' ? 'authentication.k8s.io' : identityGroup;
    const access: ResourceAccess = { group, version: 'v1', resource, subresource, namespace, name };
    return { user, verb, path: '', resource: access };
  };
  const may = (part: Part): Promise<ApiError | undefined> => ask(authorizer, question(part));
  return {
    may,
    mayUid: async (uid) => (uid === '' ? undefined : may({ resource: 'uids', name: uid })),
    async mayEach(parts) {
      for (const part of parts) {
        const refusal = await may(part);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    refuse: (part, why) => forbiddenError(question(part), why),
  };
}

async function ask(authorizer: Authorizer, question: AccessQuestion): Promise<ApiError | undefined> {
  const decision = await authorizer.decide(question);
  if (decision?.allowed === true) return undefined;
  const { reason = '', error } = decision ?? {};
  if (error === undefined) return forbiddenError(question, reason);
  return forbiddenError(question, reason === '' ? error : `${error}: ${reason}`);
}

async function mayGroups(rights: Rights, groups: readonly string[]): Promise<ApiError | undefined> {
  const part = (name: string): Part => ({ resource: 'groups', name });
  if (groups.includes('')) return rights.refuse(part(''), 'impersonating the empty string group is not allowed');
  const masters = 'system:masters';
  if (groups.includes(masters)) {
    return rights.refuse(part(masters), 'impersonating the system:masters group is not allowed');
  }
  if (groups.length >= manyQuestions && (await rights.may(part('*'))) === undefined) return undefined;
  return rights.mayEach(groups.map(part));
}

async function mayExtra(rights: Rights, extra: Impersonation['extra']): Promise<ApiError | undefined> {
  const fault = Object.entries(extra)
    .map(([key, values]) => extraFault(key, values))
    .find((text) => text !== undefined);
  if (fault !== undefined) return rights.refuse({ resource: 'userextras', name: '' }, fault);
  const parts = extraParts(extra);
  const all = { resource: 'userextras', subresource: '*', name: '*' };
  if (parts.length >= manyQuestions && (await rights.may(all)) === undefined) return undefined;
  return rights.mayEach(parts);
}

function extraFault(key: string, values: readonly string[]): string | undefined {
  if (key === '') return 'impersonating the empty string key in extra is not allowed';
  const errors = domainPathErrors(key, 'extra.key').map(({ field, message }) => `${field}: ${message}`);
  if (errors.length > 0) {
    const text = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
    return `impersonating an invalid key in extra is not allowed: ${text}`;
  }
  if (key !== key.toLowerCase()) {
    return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
  }
  if (values.length === 0) return 'impersonating empty values in extra is not allowed';
  return values.includes('') ? 'impersonating the empty string value in extra is not allowed' : undefined;
}

function impersonatedUser({ user: name, uid, extra }: Impersonation, groups: readonly string[]): User {
  const [unauthenticated] = anonymous.groups;
  const missing =
    name === anonymous.name
      ? unauthenticated
      : groups.includes(unauthenticated ?? '')
        ? undefined
        : 'system:authenticated';
  return {
    name,
    groups: missing === undefined || groups.includes(missing) ? groups : [...groups, missing],
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
