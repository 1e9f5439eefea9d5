import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const pods = '/api/v1/namespaces/default/pods';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', account);
});
after(() => server.close());

async function startPod(metadata: JsonObject, more: JsonObject = {}): Promise<void> {
  const spec = { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'c:1' }], ...more };
  await server.ok('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

const bind = (path: string, metadata: JsonObject, target: JsonObject = { kind: 'Node', name: 'n' }) =>
  server.call('POST', path, { body: { apiVersion: 'v1', kind: 'Binding', metadata, target } as Json });

test('bind() refuses pods that cannot be bound, in the name of the binding', async () => {
  await startPod({ name: 'bound' }, { nodeName: 'n' });
  await startPod({ name: 'gated' }, { schedulingGates: [{ name: 'example.com/gate' }] });
  await startPod({ name: 'going', finalizers: ['example.com/x'] });
  await server.ok('DELETE', `${pods}/going`);
  const cases: readonly (readonly [string, string])[] = [
    ['bound', 'is already assigned to node "n"'],
    ['gated', 'has non-empty .spec.schedulingGates'],
    ['going', 'is being deleted, cannot be assigned to a host'],
  ];
  for (const [name, why] of cases) {
    const { status, body } = await bind(`${pods}/${name}/binding`, { name });
    const message = `Operation cannot be fulfilled on pods/binding "${name}": pod ${name} ${why}`;
    assert.deepEqual([status, body['message'], body['details']], [409, message, { name, kind: 'pods/binding' }]);
  }
});

test('bind() wants the name of the pod and the pod as it was seen', async () => {
  await startPod({ name: 'free' });
  const { uid } = (await server.ok('GET', `${pods}/free`))['metadata'] as { uid: string };
  const cases: readonly (readonly [JsonObject, number, RegExp])[] = [
    [{ name: 'other' }, 400, /^name in URL does not match name in Binding object$/],
    [{}, 400, /^name in URL does not match name in Binding object$/],
    [{ name: 'free', uid: 'x' }, 409, /Precondition failed: UID in precondition: x, UID in object meta: /],
    [
      { name: 'free', resourceVersion: '1' },
      409,
      /Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: \d+$/,
    ],
  ];
  for (const [metadata, status, message] of cases) {
    const answer = await bind(`${pods}/free/binding`, metadata);
    assert.equal(answer.status, status);
    assert.match(String(answer.body['message']), message);
  }
  const nameless = await bind('/api/v1/namespaces/default/bindings', {});
  assert.deepEqual([nameless.status, nameless.body['message']], [400, 'Name parameter required.']);
  assert.equal((await bind(`${pods}/free/binding`, { name: 'free', uid })).status, 201);
  assert.equal(at(await server.ok('GET', `${pods}/free`), 'spec.nodeName'), 'n');
});
