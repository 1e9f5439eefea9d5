import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const mergePatch = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.ok('POST', `${deployments}?fieldManager=maker`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'd' } },
      template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'c:1' }] } },
    },
  });
});
after(() => server.close());

async function owners(): Promise<string[]> {
  const entries = at(await server.ok('GET', `${deployments}/d`), 'metadata.managedFields') as Json[];
  const owning = entries.filter((entry) => at(entry, 'fieldsV1.f:spec.f:replicas') !== undefined);
  return owning.map((entry) => `${String(at(entry, 'manager'))}/${String(at(entry, 'subresource') ?? '')}`);
}

test('getScale() shows how many there are and are wanted', async () => {
  const body = await server.ok('GET', `${deployments}/d/scale`);
  assert.deepEqual([at(body, 'spec.replicas'), at(body, 'status.selector')], [2, 'app=d']);
  assert.deepEqual(await owners(), ['maker/']);
});

test('patchScale() changes the number, counts a generation and takes the number over', async () => {
  const path = `${deployments}/d/scale?fieldManager=scaler`;
  assert.equal(at(await server.ok('PATCH', path, { spec: { replicas: 5 } }, mergePatch), 'spec.replicas'), 5);
  const deployment = await server.ok('GET', `${deployments}/d`);
  assert.deepEqual([at(deployment, 'spec.replicas'), at(deployment, 'metadata.generation')], [5, 2]);
  assert.deepEqual(await owners(), ['scaler/scale']);
});

test('a scale to zero leaves the number without an owner', async () => {
  await server.ok('PATCH', `${deployments}/d/scale?fieldManager=other`, { spec: { replicas: 0 } }, mergePatch);
  assert.deepEqual(await owners(), []);
});

test('updateScale() refuses negative numbers and other names', async () => {
  const scale = (name: string, replicas: number): Json => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name },
    spec: { replicas },
  });
  assert.equal((await server.call('PUT', `${deployments}/d/scale`, { body: scale('d', -1) })).status, 422);
  assert.equal((await server.call('PUT', `${deployments}/d/scale`, { body: scale('other', 1) })).status, 400);
  assert.equal((await server.call('PUT', `${deployments}/none/scale`, { body: scale('other', 1) })).status, 400);
  assert.equal((await server.call('PUT', `${deployments}/none/scale`, { body: scale('none', 1) })).status, 404);
});

test('patchScale() takes a uid for a condition and refuses wrong types as a patch', async () => {
  const call = (body: Json): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${deployments}/d/scale`, { body, contentType: mergePatch });
  const other = await call({ metadata: { uid: 'other' } });
  assert.equal(other.status, 409);
  assert.match(
    String(at(other.body, 'message')),
    /^Operation cannot be fulfilled on deployments\/scale\.apps "d": Precondition failed: UID in precondition: other, /,
  );
  const wrong = await call({ spec: { replicas: 'x' } });
  assert.equal(wrong.status, 422);
  assert.equal(at(wrong.body, 'details.causes.0.field'), 'patch');
});

test('patchScale() applies: the number belongs to one manager, and others need force', async () => {
  const maker = `${deployments}/e?fieldManager=maker`;
  const applyPatch = 'application/apply-patch+yaml';
  const template = { metadata: { labels: { app: 'e' } }, spec: { containers: [{ name: 'c', image: 'c:1' }] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'e' } }, template };
  await server.ok(
    'PATCH',
    maker,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'e' }, spec },
    applyPatch,
  );
  const apply = (query: string, replicas: number): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${deployments}/e/scale?${query}`, {
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'e' }, spec: { replicas } },
      contentType: applyPatch,
    });
  const refused = await apply('fieldManager=scaler', 3);
  assert.deepEqual(
    [refused.status, at(refused.body, 'message')],
    [409, 'Apply failed with 1 conflict: conflict with "maker": .spec.replicas'],
  );
  assert.equal((await apply('', 3)).status, 422);
  assert.equal((await apply('fieldManager=scaler&force=true', 3)).status, 200);
  const entries = at(await server.ok('GET', `${deployments}/e`), 'metadata.managedFields') as Json[];
  assert.deepEqual(
    entries.map((entry) => ['manager', 'operation', 'subresource', 'apiVersion'].map((name) => at(entry, name))),
    [
      ['scaler', 'Apply', 'scale', 'apps/v1'],
      ['maker', 'Apply', undefined, 'apps/v1'],
    ],
  );
});
