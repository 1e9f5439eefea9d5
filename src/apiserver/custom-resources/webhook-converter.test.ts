import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';
import { serveWebhook } from '../testing/webhook.ts';

const group = 'shop.example.com';
const path = (version: string): string => `/apis/${group}/${version}/namespaces/default/widgets`;

interface Widget {
  readonly apiVersion: string;
  readonly metadata: object;
  readonly spec: Readonly<Record<string, string>>;
}

/** v1 has spec.size, v2 has spec.length; the webhook knows both. */
function convert(widget: Widget, apiVersion: string): object {
  const { size, length, ...rest } = widget.spec;
  const value = size ?? length ?? '';
  return { ...widget, apiVersion, spec: { ...rest, [apiVersion.endsWith('v1') ? 'size' : 'length']: value } };
}

async function startServer(context: TestContext, answer?: object): Promise<TestServer> {
  const hooks = await serveWebhook(context, (request) => {
    const { objects, desiredAPIVersion } = request as unknown as { objects: Widget[]; desiredAPIVersion: string };
    const convertedObjects = objects.map((object) => convert(object, desiredAPIVersion));
    return { result: { status: 'Success' }, convertedObjects, ...answer };
  });
  const server = await startTestServer();
  context.after(() => server.close());
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const version = (name: string, storage: boolean): Json => ({ name, served: true, storage, schema });
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [version('v1', true), version('v2', false)],
      conversion: {
        strategy: 'Webhook',
        webhook: {
          clientConfig: { url: `${hooks.url}/convert`, caBundle: hooks.caBundle },
          conversionReviewVersions: ['v1'],
        },
      },
    },
  };
  await server.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body as unknown as Json);
  const deadline = AbortSignal.timeout(5000);
  while ((await server.call('GET', path('v1'))).status !== 200 && !deadline.aborted) await new Promise(setImmediate);
  return server;
}

const widget = (version: string, name: string, spec: Json): Json => ({
  apiVersion: `${group}/${version}`,
  kind: 'Widget',
  metadata: { name },
  spec,
});

test('webhookConverter() shows objects in the version that is asked for and stores them in one', async (context) => {
  const server = await startServer(context);
  const created = await server.ok('POST', path('v2'), widget('v2', 'a', { length: '3' }));
  assert.deepEqual(created['spec'], { length: '3' });
  await server.ok('POST', path('v1'), widget('v1', 'b', { size: '5' }));
  assert.deepEqual((await server.ok('GET', `${path('v1')}/a`))['spec'], { size: '3' });
  const list = await server.ok('GET', path('v2'));
  const specs = (list['items'] as readonly Json[]).map((item) => at(item, 'spec.length'));
  assert.deepEqual(specs, ['3', '5']);
  const patched = await server.ok(
    'PATCH',
    `${path('v2')}/b`,
    { spec: { length: '6' } },
    'application/merge-patch+json',
  );
  assert.deepEqual(patched['spec'], { length: '6' });
  assert.deepEqual((await server.ok('GET', `${path('v1')}/b`))['spec'], { size: '6' });
  await server.ok('DELETE', `${path('v2')}/a`);
});

test('webhookConverter() converts what a watch delivers, in order', async (context) => {
  const server = await startServer(context);
  await server.ok('POST', path('v1'), widget('v1', 'a', { size: '1' }));
  const watch = await server.watch(`${path('v2')}?watch=true`);
  await server.ok('POST', path('v1'), widget('v1', 'b', { size: '2' }));
  await server.ok('DELETE', `${path('v1')}/a`);
  const events = await watch.events(3);
  await watch.stop();
  assert.deepEqual(
    events.map(({ type, object }) => [type, at(object, 'apiVersion'), at(object, 'spec.length')]),
    [
      ['ADDED', `${group}/v2`, '1'],
      ['ADDED', `${group}/v2`, '2'],
      ['DELETED', `${group}/v2`, '1'],
    ],
  );
});

test('webhookConverter() follows managers who wrote in another version', async (context) => {
  const server = await startServer(context);
  const apply = (version: string, manager: string, spec: Json) =>
    server.call('PATCH', `${path(version)}/a?fieldManager=${manager}`, {
      body: widget(version, 'a', spec),
      contentType: 'application/apply-patch+yaml',
    });
  assert.equal((await apply('v1', 'one', { size: '1' })).status, 201);
  const conflict = await apply('v2', 'two', { length: '2' });
  assert.equal(conflict.status, 409);
  assert.deepEqual(at(conflict.body, 'details.causes.0.field'), '.spec.size');
});

test('webhookConverter() refuses what is no conversion of the object', async (context) => {
  const subject = `conversion webhook for ${group}/v1, Kind=Widget`;
  const cases: readonly (readonly [object, string])[] = [
    [{ result: { status: 'Failure', message: 'too long' } }, `${subject} failed: too long`],
    [{ result: {} }, `${subject} failed: response.result.status was '', not 'Success'`],
    [{ convertedObjects: [] }, `${subject} returned 0 objects, expected 1`],
    [
      { convertedObjects: [{ apiVersion: `${group}/v1`, kind: 'Widget', metadata: {} }] },
      `${subject} returned invalid object at index 0: invalid groupVersion (expected ${group}/v2, received ${group}/v1)`,
    ],
    [
      { convertedObjects: [{ apiVersion: `${group}/v2`, kind: 'Widget', metadata: { name: 'z' } }] },
      `${subject} returned invalid object: must have the same name: a != z`,
    ],
    [
      { convertedObjects: [{ apiVersion: `${group}/v2`, kind: 'Widget' }] },
      `${subject} returned invalid metadata: missing metadata in converted object`,
    ],
  ];
  for (const [answer, message] of cases) {
    const server = await startServer(context, answer);
    await server.ok('POST', path('v1'), widget('v1', 'a', {}));
    const { status, body } = await server.call('GET', `${path('v2')}/a`);
    assert.deepEqual([status, body['message']], [500, message]);
  }
});
