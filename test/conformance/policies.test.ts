/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy on Deployments, as the conformance suite asks of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import { until } from './definitions.ts';

const registration = '/apis/admissionregistration.k8s.io/v1';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const rules = [
  { operations: ['CREATE', 'UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] },
];

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

/** A policy for Deployments that carry the label `policy` with its name, and what binds it. */
async function enact(
  type: 'Validating' | 'Mutating',
  name: string,
  spec: JsonObject,
  binding: JsonObject,
): Promise<void> {
  const base = `${registration}/${type.toLowerCase()}admissionpolic`;
  const objectSelector = { matchLabels: { policy: name } };
  const full = { ...spec, matchConstraints: { resourceRules: rules, objectSelector } };
  await server.ok('POST', `${base}ies`, { metadata: { name }, spec: full } as unknown as JsonObject);
  await server.ok('POST', `${base}ybindings`, { metadata: { name }, spec: { policyName: name, ...binding } });
}

const deployment = (policy: string, name: string, replicas: number): JsonObject => ({
  metadata: { name, labels: { policy } },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

test('a validating policy refuses a Deployment that does not meet it', async () => {
  const validations = [
    {
      expression: 'object.spec.replicas > 1',
      messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)",
    },
    { expression: "namespaceObject.metadata.name == 'default'", message: 'Internal error! Other namespace.' },
  ];
  await enact('Validating', 'plain', { validations }, { validationActions: ['Deny'] });
  await until(
    async () =>
      (await server.call('POST', `${deployments}?dryRun=All`, { body: deployment('plain', 'x', 1) })).status === 422,
    'the policy counts',
  );
  const refused = await server.call('POST', deployments, { body: deployment('plain', 'plain-1', 1) });
  assert.match(refused.text, /wants replicas > 1, got 1/);
  assert.equal((await server.call('POST', deployments, { body: deployment('plain', 'plain-2', 2) })).status, 201);
});

test('the expressions of a validating policy may use variables', async () => {
  const variables = [
    { name: 'replicas', expression: 'object.spec.replicas' },
    { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
  ];
  const validations = [{ expression: 'variables.replicas > 1' }, { expression: 'variables.oddReplicas' }];
  await enact('Validating', 'variables', { variables, validations }, { validationActions: ['Deny'] });
  for (const [replicas, status] of [
    [1, 422],
    [2, 422],
    [3, 201],
  ] as const) {
    const answer = await server.call('POST', deployments, {
      body: deployment('variables', `variables-${replicas}`, replicas),
    });
    assert.equal(answer.status, status, answer.text);
  }
});

test('a mutating policy changes a Deployment, its annotations too, by apply configuration and by JSON patch', async () => {
  const failing = { failurePolicy: 'Fail', reinvocationPolicy: 'Never' };
  const configuration = { expression: 'Object{spec: Object.spec{replicas: object.spec.replicas + 2}}' };
  const applied = [{ patchType: 'ApplyConfiguration', applyConfiguration: configuration }];
  await enact('Mutating', 'applied', { ...failing, mutations: applied }, {});
  const first = await server.ok('POST', deployments, deployment('applied', 'applied', 1));
  assert.equal(at(first, 'spec.replicas'), 3);
  const annotations = "Object{metadata: Object.metadata{annotations: {'example.com/mutated': 'yes'}}}";
  const annotated = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: annotations } }];
  await enact('Mutating', 'annotated', { ...failing, mutations: annotated }, {});
  const second = await server.ok('POST', deployments, deployment('annotated', 'annotated', 1));
  assert.equal((at(second, 'metadata.annotations') as JsonObject)['example.com/mutated'], 'yes');
  const patch = "[JSONPatch{op: 'replace', path: '/spec/replicas', value: 5}]";
  await enact(
    'Mutating',
    'patched',
    { ...failing, mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: patch } }] },
    {},
  );
  const third = await server.ok('POST', deployments, deployment('patched', 'patched', 1));
  assert.equal(at(third, 'spec.replicas'), 5);
});
