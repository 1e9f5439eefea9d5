import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { alice, at, startTestServer, type TestServer } from '../testing/test-server.ts';

const group = 'rbac.authorization.k8s.io';
const roles = `/apis/${group}/v1/namespaces/default`;
const pods = '/api/v1/namespaces/default/pods';
const role = (name: string, rules: Json): JsonObject => ({
  apiVersion: `${group}/v1`,
  kind: 'Role',
  metadata: { name },
  rules,
});
const binding = (name: string, to: string, subject: JsonObject): JsonObject => ({
  apiVersion: `${group}/v1`,
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup: group, kind: 'Role', name: to },
  subjects: [subject],
});
const user = (name: string): JsonObject => ({ apiGroup: group, kind: 'User', name });

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

test('decide() opens what a binding gives and nothing else', async () => {
  assert.equal((await server.call('GET', pods, { user: alice })).status, 403);
  await server.ok('POST', `${roles}/roles`, role('r', [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }]));
  await server.ok('POST', `${roles}/rolebindings`, binding('b', 'r', user('alice')));
  assert.equal((await server.call('GET', pods, { user: alice })).status, 200);
  for (const path of [`${pods}/a`, '/api/v1/namespaces/kube-system/pods', '/api/v1/pods', `${pods}/a/log`]) {
    assert.equal((await server.call('GET', path, { user: alice })).status, 403, path);
  }
  await server.ok('DELETE', `${roles}/rolebindings/b`);
  assert.equal((await server.call('GET', pods, { user: alice })).status, 403);
});

test('decide() names a role that is missing', async () => {
  await server.ok('POST', `${roles}/rolebindings`, binding('dangling', 'missing', user('dave')));
  const { body } = await server.call('GET', pods, { user: { name: 'dave', groups: [] } });
  assert.match(String(body['message']), /: RBAC: role.rbac.authorization.k8s.io "missing" not found$/);
});

test('decide() lets resource names open lists that select them', async () => {
  const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'] }];
  await server.ok('POST', `${roles}/roles`, role('one', rules));
  await server.ok('POST', `${roles}/rolebindings`, binding('one', 'one', user('erin')));
  const erin = { name: 'erin', groups: [] };
  const path = '/api/v1/namespaces/default/configmaps';
  assert.equal((await server.call('GET', `${path}?fieldSelector=metadata.name%3Da`, { user: erin })).status, 200);
  assert.equal((await server.call('GET', `${path}?fieldSelector=metadata.name%3Db`, { user: erin })).status, 403);
  assert.equal((await server.call('GET', path, { user: erin })).status, 403);
});

test('nobody gives away rights that are not theirs', async () => {
  const editor = [{ verbs: ['create'], apiGroups: [group], resources: ['roles', 'rolebindings'] }];
  await server.ok('POST', `${roles}/roles`, role('editor', editor));
  await server.ok('POST', `${roles}/rolebindings`, binding('editor', 'editor', user('frank')));
  const frank = { name: 'frank', groups: [] };
  const more = role('more', [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }]);
  const refused = await server.call('POST', `${roles}/roles`, { user: frank, body: more });
  assert.equal(refused.status, 403);
  assert.match(String(refused.body['message']), /attempting to grant RBAC permissions not currently held/);
  const own = role('own', [{ verbs: ['create'], apiGroups: [group], resources: ['roles'] }]);
  assert.equal((await server.call('POST', `${roles}/roles`, { user: frank, body: own })).status, 201);
  await server.ok('POST', `${roles}/roles`, more);
  const grant = binding('grant', 'more', user('frank'));
  assert.equal((await server.call('POST', `${roles}/rolebindings`, { user: frank, body: grant })).status, 403);
});

test('access reviews answer what the authorizers would decide', async () => {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const spec = { resourceAttributes: { verb: 'get', resource: 'secrets', namespace: 'default' } };
  const { body } = await server.call('POST', path, { user: alice, body: { ...review, spec } });
  assert.equal(at(body, 'status.allowed'), false);
  const discovery = { ...review, spec: { nonResourceAttributes: { verb: 'get', path: '/version' } } };
  assert.equal(at((await server.call('POST', path, { user: alice, body: discovery })).body, 'status.allowed'), true);
  const { status, body: empty } = await server.call('POST', path, { body: { ...review, spec: {} } });
  assert.equal(status, 422);
  assert.match(
    String(empty['message']),
    /exactly one of nonResourceAttributes or resourceAttributes must be specified/,
  );
});

test('access reviews check their selectors and say which they could not read', async () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const ask = (labelSelector: JsonObject) =>
    server.call('POST', path, {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource: 'pods', labelSelector } },
      },
    });
  const both = await ask({ rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In' }] });
  assert.equal(both.status, 422);
  assert.match(
    String(both.body['message']),
    /may not specified at the same time as requirements.*must be specified when/,
  );
  assert.equal(
    at((await ask({ rawSelector: 'a in (' })).body, 'status.evaluationError'),
    'spec.resourceAttributes.labelSelector ignored due to parse error',
  );
});
