import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../../api/schema.ts';
import { startTestServer, type CallResult, type TestServer } from '../../testing/test-server.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const rules = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] },
];

interface Cluster {
  readonly server: TestServer;
  create(name: string, data: Json, metadata?: JsonObject): Promise<CallResult>;
}

/** A server in which one policy holds for the ConfigMaps of a namespace. */
async function startCluster(context: TestContext, spec: JsonObject, binding: JsonObject = {}): Promise<Cluster> {
  const server = await startTestServer();
  context.after(() => server.close());
  await server.ok('POST', `${group}/validatingadmissionpolicies`, {
    metadata: { name: 'policy' },
    spec: { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'false' }], ...spec },
  } as unknown as Json);
  const bound = { policyName: 'policy', validationActions: ['Deny'], ...binding };
  const inDefault = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } };
  await server.ok('POST', `${group}/validatingadmissionpolicybindings`, {
    metadata: { name: 'binding' },
    spec: { matchResources: inDefault, ...bound },
  });
  return {
    server,
    create: (name, data, metadata = {}) =>
      server.call('POST', configMaps, { body: { metadata: { name, ...metadata }, data } }),
  };
}

const subject = "ValidatingAdmissionPolicy 'policy' with binding 'binding' denied request:";

test('createValidatingPolicies() refuses what does not meet the expressions', async (context) => {
  const { create } = await startCluster(context, {
    variables: [{ name: 'limit', expression: '2' }],
    validations: [
      {
        expression: 'object.data.size() < variables.limit',
        messageExpression: "'at most ' + string(variables.limit - 1)",
        reason: 'Forbidden',
      },
    ],
  });
  assert.equal((await create('a', { a: '1' })).status, 201);
  const { status, body } = await create('b', { a: '1', b: '2' });
  assert.equal(status, 403);
  assert.equal(body['message'], `configmaps "b" is forbidden: ${subject} at most 1`);
});

test('createValidatingPolicies() leaves to the failure policy what cannot be evaluated', async (context) => {
  const validations = [{ expression: "object.data.none == 'x'" }];
  const strict = await startCluster(context, { validations });
  const { body } = await strict.create('a', { a: '1' });
  const why = "expression 'object.data.none == 'x'' resulted in error: no such key: none";
  assert.equal(body['message'], `configmaps "a" is forbidden: ${subject} ${why}`);
  const lenient = await startCluster(context, { validations, failurePolicy: 'Ignore' });
  assert.equal((await lenient.create('a', { a: '1' })).status, 201);
});

test('createValidatingPolicies() refuses requests when there are no parameters of such a kind', async (context) => {
  const spec = { paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' } };
  const { create } = await startCluster(context, spec);
  const { status, body } = await create('a', {});
  assert.equal(status, 422);
  const why = "failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'";
  const text = `ValidatingAdmissionPolicy 'policy' denied request: failed to configure policy: ${why}`;
  assert.equal(body['message'], `configmaps "a" is forbidden: ${text}`);
});

test('createValidatingPolicies() asks only requests that meet the conditions', async (context) => {
  const matchConditions = [
    { name: 'named', expression: "request.name.startsWith('x')" },
    { name: 'mine', expression: "request.userInfo.username == 'admin'" },
  ];
  const { create } = await startCluster(context, { matchConditions });
  assert.equal((await create('a', {})).status, 201);
  assert.equal((await create('x', {})).status, 422);
});

test('createValidatingPolicies() warns and tells the audit log when the binding says so', async (context) => {
  const { create } = await startCluster(
    context,
    {
      validations: [{ expression: 'false', message: 'not good' }],
      auditAnnotations: [
        { key: 'who', valueExpression: 'request.userInfo.username' },
        { key: 'never', valueExpression: 'null' },
      ],
    },
    { validationActions: ['Warn', 'Audit'] },
  );
  const { status, warnings, audit } = await create('a', {});
  assert.equal(status, 201);
  assert.deepEqual(warnings, [
    "Validation failed for ValidatingAdmissionPolicy 'policy' with binding 'binding': not good",
  ]);
  assert.deepEqual(audit, {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': '',
    'validation.policy.admission.k8s.io/validation_failure':
      '[{"message":"not good","policy":"policy","binding":"binding","expressionIndex":0,"validationActions":["Warn","Audit"]}]',
    'policy/who': 'admin',
  });
});

test('createValidatingPolicies() parametrizes by name and by selector', async (context) => {
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConditions: [{ name: 'no-params', expression: '!has(object.metadata.labels)' }],
    validations: [
      { expression: 'object.data.a != params.data.refused', messageExpression: "'not ' + params.data.refused" },
    ],
  };
  const paramRef = { selector: { matchLabels: { role: 'params' } }, parameterNotFoundAction: 'Deny' };
  const { create } = await startCluster(context, spec, { paramRef });
  const none = await create('a', { a: '1' });
  const why = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
  assert.equal(none.body['message'], `configmaps "a" is forbidden: ${subject} ${why}`);
  const named = await startCluster(context, spec, { paramRef: { name: 'p', parameterNotFoundAction: 'Allow' } });
  assert.equal((await named.create('p', { refused: '7', a: '7' }, { labels: { role: 'params' } })).status, 201);
  assert.equal((await named.create('b', { a: '7' })).body['message'], `configmaps "b" is forbidden: ${subject} not 7`);
  assert.equal((await named.create('c', { a: '8' })).status, 201);
});

test('createValidatingPolicies() refuses more work than a policy may make', async (context) => {
  const list = `[${Array.from({ length: 300 }, (_, index) => index).join(',')}]`;
  const expression = `${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c >= 0)))`;
  const { create } = await startCluster(context, { validations: [{ expression }] });
  const { status, body } = await create('a', {});
  assert.equal(status, 422);
  assert.match(String(body['message']), /resulted in error: operation cancelled: actual cost limit exceeded$/);
});

test('createValidatingPolicies() judges deletions by the old object', async (context) => {
  const expression = "request.operation != 'DELETE' || !('keep' in oldObject.data)";
  const { create, server } = await startCluster(context, { validations: [{ expression, message: 'kept' }] });
  await create('a', { keep: '1' });
  const { status, body } = await server.call('DELETE', `${configMaps}/a`);
  assert.deepEqual([status, body['message']], [422, `configmaps "a" is forbidden: ${subject} kept`]);
});

test('expressionChecks() refuses policies whose expressions do not compile', async (context) => {
  const server = await startTestServer();
  context.after(() => server.close());
  const policy = (spec: JsonObject): JsonObject => ({
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: rules }, ...spec },
  });
  const cases: readonly (readonly [JsonObject, string])[] = [
    [
      { validations: [{ expression: 'params.a' }] },
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.a\n | ^",
    ],
    [{ validations: [{ expression: 'true', messageExpression: '1' }] }, 'must evaluate to string but got int'],
    [{ validations: [{ expression: 'object.a' }] }, 'must evaluate to bool but got dyn'],
    [
      { auditAnnotations: [{ key: 'k', valueExpression: 'true' }] },
      'must evaluate to one of [string null_type] but got bool',
    ],
    [
      { validations: [{ expression: 'true' }], matchConditions: [{ name: 'c', expression: 'request.nothing == 1' }] },
      "compilation failed: ERROR: <input>:1:8: undefined field 'nothing'\n | request.nothing == 1\n | .......^",
    ],
  ];
  for (const [spec, problem] of cases) {
    const { status, body } = await server.call('POST', `${group}/validatingadmissionpolicies`, {
      body: policy(spec),
    });
    assert.equal(status, 422);
    assert.ok(String(body['message']).endsWith(`: ${problem}`), String(body['message']));
  }
});
