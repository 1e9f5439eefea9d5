import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../../testing/test-server.ts';
import { serveWebhook, type Hooks } from '../../testing/webhook.ts';

/** A server that asks a webhook about everything the rules name; the webhook lets all through. */
async function startWatched(
  context: TestContext,
  rule: JsonObject,
  webhook: JsonObject = {},
): Promise<{ readonly server: TestServer; readonly hooks: Hooks }> {
  const hooks = await serveWebhook(context, () => ({ allowed: true }));
  const server = await startTestServer();
  context.after(() => server.close());
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  await server.ok('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name: 'c' },
    webhooks: [
      {
        name: 'w.example.com',
        clientConfig: { url: hooks.url, caBundle: hooks.caBundle },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], ...rule }],
        ...webhook,
      },
    ],
  } as unknown as Json);
  return { server, hooks };
}

const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const last = ({ asked }: Hooks): JsonObject => (asked.at(-1)?.request ?? {}) as unknown as JsonObject;

test('webhooks see connections with their options', async (context) => {
  const { server, hooks } = await startWatched(context, { resources: ['pods/exec', 'services/proxy'] });
  await server.ok('POST', '/api/v1/namespaces/default/pods', pod);
  await server.call('POST', '/api/v1/namespaces/default/pods/p/exec?command=ls&command=-l&stdin=true&container=c');
  const exec = last(hooks);
  assert.deepEqual(
    ['operation', 'subResource', 'name', 'namespace', 'options'].map((name) => exec[name]),
    ['CONNECT', 'exec', 'p', 'default', null],
  );
  assert.deepEqual(exec['kind'], { group: '', version: 'v1', kind: 'PodExecOptions' });
  assert.deepEqual(exec['object'], {
    kind: 'PodExecOptions',
    apiVersion: 'v1',
    stdin: true,
    container: 'c',
    command: ['ls', '-l'],
  });
  await server.call('GET', '/api/v1/namespaces/default/services/s:80/proxy/a/b?x=1');
  assert.deepEqual(last(hooks)['object'], { kind: 'ServiceProxyOptions', apiVersion: 'v1', path: '/a/b' });
});

test('webhooks see what is deleted, alone and among others', async (context) => {
  const { server, hooks } = await startWatched(context, { operations: ['DELETE'], resources: ['configmaps'] });
  const path = '/api/v1/namespaces/default/configmaps';
  for (const name of ['a', 'b']) await server.ok('POST', path, { metadata: { name }, data: { is: name } });
  await server.ok('DELETE', `${path}/a?propagationPolicy=Background`);
  assert.deepEqual(
    [at(last(hooks), 'name'), at(last(hooks), 'oldObject.data.is'), last(hooks)['object']],
    ['a', 'a', null],
  );
  assert.deepEqual(last(hooks)['options'], {
    propagationPolicy: 'Background',
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
  });
  await server.ok('DELETE', `${path}?labelSelector=!none`);
  assert.deepEqual([at(last(hooks), 'name'), at(last(hooks), 'oldObject.metadata.name')], [undefined, 'b']);
});

test('webhooks see subresources in their own kind', async (context) => {
  const { server, hooks } = await startWatched(context, { resources: ['*/scale', 'pods/binding', 'pods/status'] });
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const template = { metadata: { labels: { a: 'b' } }, spec: pod.spec };
  const spec = { selector: { matchLabels: { a: 'b' } }, template };
  await server.ok('POST', deployments, { metadata: { name: 'd' }, spec });
  const merge = 'application/merge-patch+json';
  await server.ok('PATCH', `${deployments}/d/scale`, { spec: { replicas: 3 } }, merge);
  assert.deepEqual(at(last(hooks), 'kind'), { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  assert.deepEqual([at(last(hooks), 'object.spec.replicas'), at(last(hooks), 'oldObject.spec.replicas')], [3, 1]);
  assert.deepEqual(at(last(hooks), 'options.kind'), 'UpdateOptions');
  await server.ok('POST', '/api/v1/namespaces/default/pods', pod);
  const target = { target: { kind: 'Node', name: 'n' }, metadata: { name: 'p' } };
  await server.ok('POST', '/api/v1/namespaces/default/pods/p/binding', target);
  assert.deepEqual([at(last(hooks), 'kind.kind'), at(last(hooks), 'operation')], ['Binding', 'CREATE']);
});

test('webhooks see a resource in the version they ask for', async (context) => {
  const rule = { apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['horizontalpodautoscalers'] };
  const { server, hooks } = await startWatched(context, rule);
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
  ];
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  await server.ok('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
    metadata: { name: 'h' },
    spec: { scaleTargetRef, maxReplicas: 3, metrics },
  });
  const asked = last(hooks);
  assert.deepEqual(asked['kind'], { group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler' });
  assert.deepEqual(asked['requestKind'], { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' });
  assert.equal(at(asked, 'object.apiVersion'), 'autoscaling/v1');
  assert.equal(at(asked, 'object.spec.targetCPUUtilizationPercentage'), 60);
});

test('webhooks are asked only when their conditions hold', async (context) => {
  const matchConditions = [{ name: 'x', expression: "object.metadata.name.startsWith('x')" }];
  const { server, hooks } = await startWatched(context, { resources: ['configmaps'] }, { matchConditions });
  for (const name of ['a', 'x']) {
    await server.ok('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name } });
  }
  assert.deepEqual(
    hooks.asked.map(({ request }) => at(request as unknown as JsonObject, 'name')),
    ['x'],
  );
});

test('webhooks see neither questions to the server nor what registers webhooks', async (context) => {
  const { server, hooks } = await startWatched(context, { resources: ['*'] });
  const review = { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
  await server.ok('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review);
  await server.ok('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/c');
  assert.deepEqual(hooks.asked, []);
});
