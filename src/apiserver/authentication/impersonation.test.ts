import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isApiError } from '../../api/api-error.ts';
import type { AccessQuestion, Authorizer } from '../authorization/authorizer.ts';
import { asksToImpersonate, createImpersonate, readImpersonation } from './impersonation.ts';
import type { Impersonation } from './impersonation-modes.ts';

const admin = { name: 'admin', groups: ['ops'] };
const everything: Authorizer = { decide: () => ({ allowed: true, reason: '' }) };
const nothing: Authorizer = { decide: () => undefined };
const asked = (more: Partial<Impersonation>): Impersonation => ({ user: '', uid: '', groups: [], extra: {}, ...more });

const pods = { group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'ns', name: '' };
const listPods = (user: AccessQuestion['user'] = admin): AccessQuestion => ({
  user,
  verb: 'list',
  path: '/api/v1/namespaces/ns/pods',
  resource: pods,
});

/** Allows the questions that the filter takes, and keeps all of them as text. */
function recording(allow: (question: string) => boolean): Authorizer & { readonly questions: string[] } {
  const questions: string[] = [];
  return {
    questions,
    decide({ verb, resource }) {
      const { group, resource: plural, subresource, namespace, name } = resource ?? {};
      const text = [verb, namespace, group, plural, subresource, name].join('|');
      questions.push(text);
      return allow(text) ? { allowed: true, reason: '' } : undefined;
    },
  };
}

const old = (question: string): boolean => question.startsWith('impersonate|');

test('readImpersonation() reads the headers, and finds nothing where there are none', () => {
  assert.equal(asksToImpersonate({ accept: '*/*' }), false);
  assert.equal(readImpersonation({ accept: ['*/*'] }), undefined);
  assert.deepEqual(
    readImpersonation({
      'impersonate-user': ['bob'],
      'impersonate-uid': ['7'],
      'impersonate-group': ['a', 'CN=b,OU=c'],
      'impersonate-extra-scopes%2fx': ['read'],
    }),
    { user: 'bob', uid: '7', groups: ['a', 'CN=b,OU=c'], extra: { 'scopes/x': ['read'] } },
  );
});

test('readImpersonation() refuses headers that name no user', () => {
  assert.throws(
    () => readImpersonation({ 'impersonate-group': ['g'] }),
    (error) =>
      isApiError(error, 'BadRequest') &&
      error.message ===
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"g"}, Extra:map[string][]string(nil)} without impersonating a user name',
  );
});

test('impersonating gives users, accounts, nodes and nobody the groups they belong to', async () => {
  const groupsOf = async (authorizer: Authorizer, user: string, groups: readonly string[] = []) =>
    (await createImpersonate(authorizer)(asked({ user, groups }), listPods())).user.groups;
  assert.deepEqual(await groupsOf(recording(old), 'bob'), ['system:authenticated']);
  assert.deepEqual(await groupsOf(recording(old), 'bob', ['dev']), ['dev', 'system:authenticated']);
  assert.deepEqual(await groupsOf(recording(old), 'system:serviceaccount:ns:robot'), [
    'system:serviceaccounts',
    'system:serviceaccounts:ns',
    'system:authenticated',
  ]);
  assert.deepEqual(await groupsOf(recording(old), 'system:anonymous'), ['system:unauthenticated']);
  assert.deepEqual(await groupsOf(everything, 'system:node:n1'), ['system:nodes', 'system:authenticated']);
});

test('impersonating the old way asks for the right to each part', async () => {
  const authorizer = recording(old);
  const robot = { user: 'system:serviceaccount:ns:robot', uid: 'u', groups: ['g'], extra: { scopes: ['read'] } };
  const { constraint } = await createImpersonate(authorizer)(asked(robot), listPods());
  assert.equal(constraint, '');
  assert.deepEqual(authorizer.questions, [
    'impersonate|ns||serviceaccounts||robot',
    'impersonate||authentication.k8s.io|uids||u',
    'impersonate|||groups||g',
    'impersonate||authentication.k8s.io|userextras|scopes|read',
  ]);
});

test('impersonating in the constrained way asks for the identity and for the request itself', async () => {
  const authorizer = recording((question) => !old(question));
  const bob = { user: 'bob', groups: ['g'], extra: { 'acme.io/scopes': ['read'] } };
  const { constraint } = await createImpersonate(authorizer)(asked(bob), listPods());
  assert.equal(constraint, 'impersonate:user-info');
  assert.deepEqual(authorizer.questions, [
    'impersonate-on:user-info:list|ns||pods||',
    'impersonate:user-info||authentication.k8s.io|users||bob',
    'impersonate:user-info||authentication.k8s.io|groups||g',
    'impersonate:user-info||authentication.k8s.io|userextras|acme.io/scopes|read',
  ]);
});

test('a service account may act as the node it runs on, whatever the node, and as no other', async () => {
  const agent = {
    name: 'system:serviceaccount:ns:agent',
    groups: [],
    extra: { 'authentication.kubernetes.io/node-name': ['n1'] },
  };
  const authorizer = recording((question) => question.includes(':associated-node'));
  const impersonate = createImpersonate(authorizer);
  const { user, constraint } = await impersonate(asked({ user: 'system:node:n1' }), listPods(agent));
  assert.deepEqual([user.name, constraint], ['system:node:n1', 'impersonate:associated-node']);
  assert.ok(authorizer.questions.includes('impersonate:associated-node||authentication.k8s.io|nodes||*'));
  await assert.rejects(impersonate(asked({ user: 'system:node:n2' }), listPods(agent)), /arbitrary-node/);
});

test('nobody becomes system:masters in the constrained way', async () => {
  const authorizer = recording((question) => !old(question));
  const impersonate = createImpersonate(authorizer);
  await assert.rejects(
    impersonate(asked({ user: 'bob', groups: ['system:masters'] }), listPods()),
    /impersonating the system:masters group is not allowed/,
  );
});

test('the way that worked last is tried first, and says what is lacking', async () => {
  const impersonate = createImpersonate(recording((question) => question === 'impersonate|||users||bob'));
  await assert.rejects(impersonate(asked({ user: 'carol' }), listPods()), /cannot impersonate-on:user-info:list/);
  await impersonate(asked({ user: 'bob' }), listPods());
  await assert.rejects(
    impersonate(asked({ user: 'carol' }), listPods()),
    (error) =>
      isApiError(error, 'Forbidden') &&
      error.message ===
        'users "carol" is forbidden: User "admin" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
  await assert.rejects(createImpersonate(nothing)(asked({ user: 'bob' }), listPods()), /is forbidden/);
});
