import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../api/schema.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { startTestServer } from '../../testing/test-server.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];

test('expressions wait for an authorizer that has to ask somebody, and ask each question once', async () => {
  const asked: string[] = [];
  const slow: Authorizer = {
    async decide({ resource, verb }) {
      if (resource?.group !== 'shop') return { allowed: true, reason: 'all' };
      asked.push(`${verb} ${resource.resource}/${resource.name}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (resource.resource === 'broken') throw new Error('the webhook is gone');
      return { allowed: resource.name === 'yes', reason: 'the webhook says so' };
    },
  };
  const server = await startTestServer({ authorization: [slow] });
  const check = "authorizer.group('shop').resource('orders').name(object.metadata.name).check('approve')";
  const broken = "authorizer.group('shop').resource('broken').check('get')";
  const policy = { name: 'policy' };
  await server.ok('POST', `${group}/validatingadmissionpolicies`, {
    metadata: policy,
    spec: {
      matchConstraints: { resourceRules },
      variables: [{ name: 'approved', expression: `${check}.allowed()` }],
      validations: [
        { expression: `variables.approved || object.metadata.name == 'x'`, message: 'not approved' },
        { expression: `${broken}.error() == 'the webhook is gone'`, message: 'no error' },
        { expression: `${check}.reason() == 'the webhook says so'`, message: 'no reason' },
      ],
    },
  } as Json);
  await server.ok('POST', `${group}/validatingadmissionpolicybindings`, {
    metadata: policy,
    spec: { policyName: 'policy', validationActions: ['Deny'] },
  });
  try {
    const user = { name: 'bob', groups: ['system:authenticated'] };
    const yes = await server.call('POST', configMaps, { user, body: { metadata: { name: 'yes' } } });
    assert.equal(yes.status, 201, yes.text);
    assert.deepEqual(asked, ['approve orders/yes', 'get broken/']);
    const no = await server.call('POST', configMaps, { user, body: { metadata: { name: 'no' } } });
    assert.equal(no.status, 422);
    assert.match(no.text, /denied request: not approved/);
  } finally {
    await server.close();
  }
});

test('conditions of webhooks and mutations of policies wait for it too', async () => {
  const slow: Authorizer = {
    async decide({ resource }) {
      if (resource?.group !== 'shop') return { allowed: true, reason: 'all' };
      await new Promise((resolve) => setImmediate(resolve));
      return { allowed: resource.name === 'yes', reason: '' };
    },
  };
  const server = await startTestServer({ authorization: [slow] });
  const check = "authorizer.group('shop').resource('orders').name(object.metadata.name).check('approve').allowed()";
  await server.ok('POST', `${group}/mutatingwebhookconfigurations`, {
    metadata: { name: 'hook' },
    webhooks: [
      {
        name: 'hook.example.com',
        // Nobody listens there: being asked is being refused.
        clientConfig: { url: 'https://127.0.0.1:1/' },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        matchConditions: [{ name: 'approved', expression: check }],
        rules: resourceRules,
      },
    ],
  } as Json);
  await server.ok('POST', `${group}/mutatingadmissionpolicies`, {
    metadata: { name: 'mark' },
    spec: {
      matchConstraints: { resourceRules },
      reinvocationPolicy: 'Never',
      matchConditions: [{ name: 'not-approved', expression: `!${check}` }],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: `Object{data: {'approved': string(${check})}}` },
        },
      ],
    },
  } as Json);
  await server.ok('POST', `${group}/mutatingadmissionpolicybindings`, {
    metadata: { name: 'mark' },
    spec: { policyName: 'mark' },
  });
  try {
    const user = { name: 'bob', groups: ['system:authenticated'] };
    const no = await server.call('POST', configMaps, { user, body: { metadata: { name: 'no' } } });
    assert.equal(no.status, 201, no.text);
    assert.deepEqual((JSON.parse(no.text) as { data: unknown }).data, { approved: 'false' });
    const yes = await server.call('POST', configMaps, { user, body: { metadata: { name: 'yes' } } });
    assert.equal(yes.status, 500, yes.text);
    assert.match(yes.text, /failed calling webhook/);
  } finally {
    await server.close();
  }
});
