import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../../testing/test-server.ts';
import { serveWebhook } from '../../testing/webhook.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

/** A server that asks a webhook about every write of these resources; the webhook patches what it sees. */
async function startPatched(
  context: TestContext,
  resources: readonly string[],
  patch: () => readonly JsonObject[],
): Promise<TestServer> {
  const hooks = await serveWebhook(context, () => ({
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch())).toString('base64'),
  }));
  const server = await startTestServer();
  context.after(() => server.close());
  await server.ok('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', {
    metadata: { name: 'c' },
    webhooks: [
      {
        name: 'w.example.com',
        clientConfig: { url: hooks.url, caBundle: hooks.caBundle },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources }],
      },
    ],
  } as unknown as Json);
  return server;
}

test('an object stays in the namespace of the request, whatever webhooks make of it', async (context) => {
  let patch: readonly JsonObject[] = [];
  const server = await startPatched(context, ['configmaps', 'namespaces'], () => patch);
  await server.ok('POST', configMaps, { metadata: { name: 'old' } });
  const elsewhere = { op: 'replace', path: '/metadata/namespace', value: 'kube-system' };
  const merge = 'application/merge-patch+json';
  const writes = [
    ['POST', configMaps, { body: { metadata: { name: 'new' } } }],
    ['PUT', `${configMaps}/old`, { body: { metadata: { name: 'old' }, data: { a: 'b' } } }],
    ['PATCH', `${configMaps}/old`, { body: { data: { a: 'b' } }, contentType: merge }],
  ] as const;
  patch = [elsewhere];
  for (const [method, path, options] of writes) {
    const { status, body } = await server.call(method, path, options);
    const text = 'the namespace of the provided object does not match the namespace sent on the request';
    assert.deepEqual([status, body['reason'], body['message']], [400, 'BadRequest', text], method);
  }
  patch = [{ op: 'remove', path: '/metadata/namespace' }];
  for (const [method, path, options] of writes) {
    const { body } = await server.call(method, path, options);
    assert.equal(at(body, 'metadata.namespace'), 'default', method);
  }
  patch = [{ ...elsewhere, op: 'add' }];
  const made = await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'n' } });
  assert.equal(at(made, 'metadata.namespace'), undefined);
});
