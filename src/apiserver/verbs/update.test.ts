import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const map = (metadata: JsonObject, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
});

const nfs = { server: 's', path: '/p' };

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

const put = (name: string, body: Json) => server.call('PUT', `${configMaps}/${name}`, { body });

test('update() refuses a version that is not the last one and keeps what is stored', async () => {
  const first = await server.ok('POST', configMaps, map({ name: 'a' }, { n: '1' }));
  const resourceVersion = String(at(first, 'metadata.resourceVersion'));
  assert.equal((await put('a', map({ name: 'a', resourceVersion }, { n: '2' }))).status, 200);
  const { status, body } = await put('a', map({ name: 'a', resourceVersion }, { n: '3' }));
  assert.equal(status, 409);
  assert.match(
    String(body['message']),
    /the object has been modified; please apply your changes to the latest version/,
  );
  assert.deepEqual(at(await server.ok('GET', `${configMaps}/a`), 'data'), { n: '2' });
});

test('update() without a version wins; one that changes nothing makes no new version', async () => {
  await server.ok('POST', configMaps, map({ name: 'b' }));
  const second = await put('b', map({ name: 'b' }, { n: '2' }));
  const third = await put('b', map({ name: 'b' }, { n: '2' }));
  assert.equal(at(second.body, 'metadata.resourceVersion'), at(third.body, 'metadata.resourceVersion'));
});

test('update() refuses another name, another uid and missing objects', async () => {
  await server.ok('POST', configMaps, map({ name: 'c' }));
  assert.equal((await put('c', map({ name: 'other' }))).status, 400);
  assert.equal((await put('c', map({}))).status, 400);
  const wrong = await put('c', map({ name: 'c', uid: 'wrong' }));
  assert.equal(wrong.status, 409);
  assert.match(String(wrong.body['message']), /Precondition failed: UID in precondition: wrong/);
  assert.equal((await put('missing', map({ name: 'missing' }))).status, 404);
});

test('update() tells what is wrong with metadata as often as the original looks at it', async () => {
  const size = { storage: '1Gi' };
  const objects: readonly (readonly [path: string, object: JsonObject, causes: readonly string[]])[] = [
    [configMaps, map({}), ['labels', 'labels', 'labels', 'finalizers[0]', 'labels', 'finalizers[0]']],
    [
      '/api/v1/persistentvolumes',
      { apiVersion: 'v1', kind: 'PersistentVolume', spec: { capacity: size, accessModes: ['ReadOnlyMany'], nfs } },
      ['labels', 'labels', 'finalizers[0]', 'labels', 'finalizers[0]', 'labels', 'finalizers[0]'],
    ],
    [
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: {} },
      ['labels', 'labels', 'labels', 'finalizers[0]'],
    ],
  ];
  for (const [path, object, causes] of objects) {
    await server.ok('POST', path, { ...object, metadata: { name: 'metadata' } });
    const { status, body } = await server.call('PATCH', `${path}/metadata`, {
      body: { metadata: { labels: { 'a b': '' }, finalizers: ['f'] } },
      contentType: 'application/merge-patch+json',
    });
    assert.equal(status, 422);
    const told = at(body, 'details.causes') as readonly JsonObject[];
    assert.deepEqual(
      told.map(({ field }) => String(field).replace('metadata.', '')),
      causes,
    );
  }
});

test('update() creates where the kind allows it', async () => {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
  const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
  assert.equal((await server.call('PUT', path, { body: lease })).status, 201);
  const { status, body } = await server.call('PUT', path, { body: lease });
  assert.equal(status, 422);
  assert.match(String(body['message']), /metadata.resourceVersion: Invalid value: 0: must be specified for an update$/);
});

test('update() of the status leaves the spec alone, and the other way round', async () => {
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const spec = {
    replicas: 2,
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'c:1' }] } },
  };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec };
  await server.ok('POST', path, deployment);
  const status = { replicas: 5, observedGeneration: 1 };
  const changed = { ...deployment, spec: { ...spec, replicas: 9 }, status };
  const afterStatus = await server.ok('PUT', `${path}/d/status`, changed);
  assert.deepEqual([at(afterStatus, 'spec.replicas'), at(afterStatus, 'status.replicas')], [2, 5]);
  const afterSpec = await server.ok('PUT', `${path}/d`, { ...changed, status: { replicas: 7 } });
  assert.deepEqual([at(afterSpec, 'spec.replicas'), at(afterSpec, 'status.replicas')], [9, 5]);
  assert.deepEqual([at(afterStatus, 'metadata.generation'), at(afterSpec, 'metadata.generation')], [1, 2]);
});

test('update() carries over what only the server says', async () => {
  const first = await server.ok('POST', configMaps, map({ name: 'meta' }));
  const second = await put('meta', map({ name: 'meta', creationTimestamp: '2001-02-03T04:05:06Z', selfLink: '/x' }));
  assert.equal(at(second.body, 'metadata.creationTimestamp'), at(first, 'metadata.creationTimestamp'));
  assert.equal(at(second.body, 'metadata.uid'), at(first, 'metadata.uid'));
  assert.equal(at(second.body, 'metadata.selfLink'), undefined);
  const deleted = await put('meta', map({ name: 'meta', deletionTimestamp: '2001-02-03T04:05:06Z' }));
  assert.equal(deleted.status, 422);
});

test('update() keeps who owns what when the client sends managers that cannot be read', async () => {
  const first = await server.ok('POST', configMaps, map({ name: 'owned' }, { n: '1' }));
  const manager = { manager: 'me', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} };
  const unreadable: readonly JsonObject[] = [
    { ...manager, fieldsV1: 'x' },
    { ...manager, fieldsV1: [1] },
    { ...manager, operation: 'Guess' },
    { ...manager, apiVersion: '' },
    { ...manager, fieldsType: 'FieldsV2' },
  ];
  for (const entry of unreadable) {
    const { status, body } = await put('owned', map({ name: 'owned', managedFields: [entry] }, { n: '1' }));
    assert.equal(status, 200, JSON.stringify(entry));
    assert.deepEqual(at(body, 'metadata.managedFields'), at(first, 'metadata.managedFields'));
  }
});

test('update() says that an object is not there before it reads the version', async () => {
  assert.equal((await put('nowhere', map({ name: 'nowhere', resourceVersion: 'abc' }))).status, 404);
  assert.equal((await put('owned', map({ name: 'owned', resourceVersion: 'abc' }))).status, 500);
});

test('update() of an object that is being deleted keeps since when, whatever is sent', async () => {
  await server.ok('POST', configMaps, map({ name: 'going', finalizers: ['example.com/a'] }));
  const going = await server.ok('DELETE', `${configMaps}/going`);
  const metadata = { name: 'going', finalizers: ['example.com/a'], deletionTimestamp: '2001-02-03T04:05:06Z' };
  const { status, body } = await put('going', map(metadata));
  assert.equal(status, 200);
  assert.equal(at(body, 'metadata.deletionTimestamp'), at(going, 'metadata.deletionTimestamp'));
});

test('many writers of one object lose nothing: each either wins or is told', async () => {
  await server.ok('POST', configMaps, map({ name: 'race' }));
  const patches = Array.from({ length: 5 }, (_, i) =>
    server.call('PATCH', `${configMaps}/race`, {
      body: { data: { [`k${i}`]: 'v' } },
      contentType: 'application/merge-patch+json',
    }),
  );
  const statuses = (await Promise.all(patches)).map(({ status }) => status);
  const stored = at(await server.ok('GET', `${configMaps}/race`), 'data') as JsonObject;
  assert.equal(Object.keys(stored).length, statuses.filter((status) => status === 200).length);
  assert.ok(statuses.every((status) => status === 200 || status === 409));
});

test('updateOne() tells of metadata as often as the original checks it', async () => {
  const sent = async (path: string, body: JsonObject): Promise<number> => {
    const { body: answer } = await server.call('PATCH', path, { body, contentType: 'application/merge-patch+json' });
    return (at(answer, 'details.causes') as unknown[]).length;
  };
  const bad = { metadata: { labels: { 'a b': '' } } };
  const policies = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  for (const [path, causes] of [
    ['/api/v1/namespaces/default/configmaps', 4],
    ['/api/v1/namespaces', 4],
    ['/api/v1/namespaces/default/limitranges', 3],
    [leases, 3],
    [policies, 2],
  ] as const) {
    await server.ok('POST', path, { metadata: { name: 'causes' } });
    assert.equal(await sent(`${path}/causes`, bad), causes, path);
  }
});
