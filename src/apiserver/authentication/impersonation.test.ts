import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isApiError } from '../../api/api-error.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { impersonate, readImpersonation, type Impersonation } from './impersonation.ts';

const admin = { name: 'admin', groups: ['ops'] };
const everything: Authorizer = { decide: () => ({ allowed: true, reason: '' }) };
const asked = (more: Partial<Impersonation>): Impersonation => ({ user: '', uid: '', groups: [], extra: {}, ...more });

test('readImpersonation() reads the headers, and finds nothing where there are none', () => {
  assert.equal(readImpersonation({ accept: '*/*' }), undefined);
  assert.deepEqual(
    readImpersonation({
      'impersonate-user': 'bob',
      'impersonate-uid': '7',
      'impersonate-group': 'a, b',
      'impersonate-extra-scopes%2fx': 'read',
    }),
    { user: 'bob', uid: '7', groups: ['a', 'b'], extra: { 'scopes/x': ['read'] } },
  );
});

test('impersonate() gives users, accounts and nobody the groups they belong to', () => {
  const groupsOf = (user: string, groups: readonly string[] = []) =>
    impersonate(admin, asked({ user, groups }), everything).groups;
  assert.deepEqual(groupsOf('bob'), ['system:authenticated']);
  assert.deepEqual(groupsOf('bob', ['dev']), ['dev', 'system:authenticated']);
  assert.deepEqual(groupsOf('system:serviceaccount:ns:robot'), [
    'system:serviceaccounts',
    'system:serviceaccounts:ns',
    'system:authenticated',
  ]);
  assert.deepEqual(groupsOf('system:anonymous'), ['system:unauthenticated']);
});

test('impersonate() asks for the right to each part', () => {
  const questions: string[] = [];
  const recording: Authorizer = {
    decide({ verb, resource }) {
      const { group, resource: plural, subresource, namespace, name } = resource ?? {};
      questions.push([verb, namespace, group, plural, subresource, name].join('|'));
      return { allowed: true, reason: '' };
    },
  };
  const extra = { scopes: ['read'] };
  impersonate(admin, asked({ user: 'system:serviceaccount:ns:robot', uid: 'u', groups: ['g'], extra }), recording);
  assert.deepEqual(questions, [
    'impersonate|ns||serviceaccounts||robot',
    'impersonate|||groups||g',
    'impersonate||authentication.k8s.io|userextras|scopes|read',
    'impersonate||authentication.k8s.io|uids||u',
  ]);
});

test('impersonate() refuses who lacks a right, and headers without a user', () => {
  const nothing: Authorizer = { decide: () => undefined };
  assert.throws(
    () => impersonate(admin, asked({ user: 'bob' }), nothing),
    (error) =>
      isApiError(error, 'Forbidden') &&
      error.message ===
        'users "bob" is forbidden: User "admin" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
  assert.throws(() => impersonate(admin, asked({ groups: ['g'] }), everything), /without impersonating a user name/);
});
