import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../../testing/test-server.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps', 'pods'],
};

const applied = (expression: string): JsonObject => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});
const patched = (expression: string): JsonObject => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

async function startServer(context: TestContext): Promise<TestServer> {
  const server = await startTestServer();
  context.after(() => server.close());
  return server;
}

/** Puts a policy into force. */
async function enforce(server: TestServer, name: string, spec: JsonObject): Promise<void> {
  await server.ok('POST', `${group}/mutatingadmissionpolicies`, {
    metadata: { name },
    spec: { matchConstraints: { resourceRules: [rule] }, reinvocationPolicy: 'Never', ...spec },
  } as unknown as Json);
  const binding = { metadata: { name }, spec: { policyName: name } };
  await server.ok('POST', `${group}/mutatingadmissionpolicybindings`, binding);
}

const create = (server: TestServer, name: string, data: Json) =>
  server.call('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name }, data } });

test('createMutatingPolicies() merges what an expression configures and patches what it lists', async (context) => {
  const server = await startServer(context);
  await enforce(server, 'a', { mutations: [applied('Object{data: {"by": request.userInfo.username}}')] });
  const operations = `[
    JSONPatch{op: "test", path: "/data/by", value: "admin"},
    JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("x.y"), value: string(object.data.size())}
  ]`;
  await enforce(server, 'b', { mutations: [patched(operations)] });
  await enforce(server, 'c', {
    mutations: [
      patched('[JSONPatch{op: "test", path: "/data/by", value: "nobody"}, JSONPatch{op: "remove", path: "/data"}]'),
    ],
  });
  const { status, body } = await create(server, 'm', { own: '1' });
  assert.equal(status, 201);
  assert.deepEqual(body['data'], { by: 'admin', own: '1', 'x.y': '2' });
});

test('createMutatingPolicies() asks again who wants it when a later policy changed the object', async (context) => {
  const server = await startServer(context);
  const count = 'Object{data: {"seen": string(object.data.size())}}';
  await enforce(server, 'a', { mutations: [applied(count)], reinvocationPolicy: 'IfNeeded' });
  await enforce(server, 'b', { mutations: [applied('Object{data: {"late": "1"}}')] });
  assert.deepEqual((await create(server, 'm', { own: '1' })).body['data'], { late: '1', own: '1', seen: '3' });
});

test('createMutatingPolicies() refuses mutations that cannot be applied', async (context) => {
  const cases: readonly (readonly [JsonObject, string])[] = [
    [
      patched('[JSONPatch{op: "remove", path: "/data/none"}]'),
      "JSONPath: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value",
    ],
    [
      applied('Object{nothing: 1}'),
      'error applying patch: failed to convert patch object to typed object: .nothing: field not declared in schema',
    ],
    [
      applied('Object{metadata: Object.spec{name: "x"}}'),
      'type mismatch: unexpected type name "Object.spec", expected "Object.metadata", which matches field name path from root Object type',
    ],
    [
      applied('Object{data: {"a": object.data.none}}'),
      `expression 'Object{data: {"a": object.data.none}}' resulted in error: no such key: none`,
    ],
  ];
  for (const [mutation, why] of cases) {
    const server = await startServer(context);
    await enforce(server, 'p', { mutations: [mutation] });
    const { status, body } = await create(server, 'm', { own: '1' });
    const message = `policy 'p' with binding 'p' denied request: ${why}`;
    assert.deepEqual([status, body['reason'], body['message']], [403, 'Invalid', message]);
    assert.deepEqual(at(body, 'details.causes'), [{ message }]);
  }
});

test('createMutatingPolicies() does not replace lists that are one value', async (context) => {
  const server = await startServer(context);
  const expression = 'Object{spec: Object.spec{containers: [Object.spec.containers{name: "c", command: ["x"]}]}}';
  await enforce(server, 'p', { mutations: [applied(expression)] });
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  const body = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const { text } = await server.call('POST', '/api/v1/namespaces/default/pods', { body });
  assert.match(text, /may not mutate atomic arrays, maps or structs: \.spec\.containers\[0\]\.command/);
});

test('createMutatingPolicies() passes over failures when the policy says so', async (context) => {
  const server = await startServer(context);
  await enforce(server, 'p', { mutations: [applied('Object{nothing: 1}')], failurePolicy: 'Ignore' });
  assert.equal((await create(server, 'm', {})).status, 201);
});
