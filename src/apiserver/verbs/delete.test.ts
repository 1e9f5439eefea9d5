import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const map = (metadata: JsonObject): Json => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
const pod = (name: string, spec: JsonObject = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'c:1' }], ...spec },
});
const mergePatch = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
});
after(() => server.close());

test('deleteOne() removes an object at once and answers with a Status', async () => {
  const { metadata } = (await server.ok('POST', configMaps, map({ name: 'a' }))) as { metadata: JsonObject };
  const body = await server.ok('DELETE', `${configMaps}/a`);
  assert.deepEqual(body['details'], { name: 'a', kind: 'configmaps', uid: metadata['uid'] });
  assert.equal((await server.call('DELETE', `${configMaps}/a`)).status, 404);
});

test('deleteOne() only marks an object with finalizers; the last one that goes takes it along', async () => {
  await server.ok('POST', configMaps, map({ name: 'held', finalizers: ['example.com/hold'] }));
  const marked = await server.ok('DELETE', `${configMaps}/held`);
  assert.ok(at(marked, 'metadata.deletionTimestamp'));
  const again = await server.call('POST', configMaps, { body: map({ name: 'held' }) });
  assert.equal(again.body['message'], 'object is being deleted: configmaps "held" already exists');
  const more = { metadata: { finalizers: ['example.com/hold', 'example.com/new'] } };
  const added = await server.call('PATCH', `${configMaps}/held`, { body: more, contentType: mergePatch });
  assert.equal(added.status, 422);
  await server.ok('PATCH', `${configMaps}/held`, { metadata: { finalizers: null } }, mergePatch);
  assert.equal((await server.call('GET', `${configMaps}/held`)).status, 404);
});

test('deleteOne() gives a pod on a node its grace period, which may only get shorter', async () => {
  await server.ok('POST', pods, pod('p', { nodeName: 'n', terminationGracePeriodSeconds: 12 }));
  const first = await server.ok('DELETE', `${pods}/p`);
  assert.equal(at(first, 'metadata.deletionGracePeriodSeconds'), 12);
  const longer = await server.ok('DELETE', `${pods}/p?gracePeriodSeconds=60`);
  assert.equal(at(longer, 'metadata.deletionGracePeriodSeconds'), 12);
  const shorter = await server.ok('DELETE', `${pods}/p?gracePeriodSeconds=5`);
  assert.equal(at(shorter, 'metadata.deletionGracePeriodSeconds'), 5);
  const now = await server.ok('DELETE', `${pods}/p?gracePeriodSeconds=0`);
  assert.equal(at(now, 'metadata.deletionGracePeriodSeconds'), 0);
  assert.equal((await server.call('GET', `${pods}/p`)).status, 404);
});

test('deleteOne() deletes only what its preconditions mean', async () => {
  await server.ok('POST', configMaps, map({ name: 'pre' }));
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'another' } };
  const { status, body: answer } = await server.call('DELETE', `${configMaps}/pre`, { body });
  assert.equal(status, 409);
  assert.match(
    String(answer['message']),
    /^Operation cannot be fulfilled on ConfigMap "pre": the UID in the precondition/,
  );
  assert.equal((await server.call('GET', `${configMaps}/pre`)).status, 200);
  // Namespaces are looked at before the store does.
  const made = await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'pre' } });
  const refused = await server.call('DELETE', '/api/v1/namespaces/pre', { body });
  assert.equal(
    refused.body['message'],
    'Operation cannot be fulfilled on namespaces "pre": Precondition failed: ' +
      `UID in precondition: another, UID in object meta: ${String(at(made, 'metadata.uid'))}`,
  );
});

test('deleteOne() asks the garbage collector by finalizers', async () => {
  for (const [policy, finalizer] of [
    ['Foreground', 'foregroundDeletion'],
    ['Orphan', 'orphan'],
  ] as const) {
    const name = policy.toLowerCase();
    await server.ok('POST', configMaps, map({ name }));
    const body = await server.ok('DELETE', `${configMaps}/${name}?propagationPolicy=${policy}`);
    assert.deepEqual(at(body, 'metadata.finalizers'), [finalizer]);
  }
  const { status } = await server.call('DELETE', `${configMaps}/orphan?propagationPolicy=Sideways`);
  assert.equal(status, 422);
});

test('deleteOne() leaves the pods of a job alone when nothing was said, and warns', async () => {
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c:1' }] } };
  await server.ok('POST', jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template } });
  const { body, warnings } = await server.call('DELETE', `${jobs}/j`);
  assert.deepEqual(at(body, 'metadata.finalizers'), ['orphan']);
  assert.match(warnings[0] ?? '', /^child pods are preserved by default/);
});

test('deleteCollection() deletes what a list would answer, and answers it', async () => {
  for (const [name, env] of [
    ['c1', 'prod'],
    ['c2', 'dev'],
    ['c3', 'prod'],
  ] as const)
    await server.ok('POST', configMaps, map({ name, labels: { env } }));
  const dry = await server.ok('DELETE', `${configMaps}?labelSelector=env&dryRun=All`);
  assert.equal((dry['items'] as Json[]).length, 3);
  const body = await server.ok('DELETE', `${configMaps}?labelSelector=env%3Dprod`);
  assert.deepEqual(
    (body['items'] as Json[]).map((item) => at(item, 'metadata.name')),
    ['c1', 'c3'],
  );
  const left = await server.ok('GET', `${configMaps}?labelSelector=env`);
  assert.deepEqual(
    (left['items'] as Json[]).map((item) => at(item, 'metadata.name')),
    ['c2'],
  );
  assert.equal((await server.call('DELETE', '/api/v1/namespaces')).status, 405);
});

test('a namespace turns Terminating and takes nothing new', async () => {
  await server.ok('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } });
  const body = await server.ok('DELETE', '/api/v1/namespaces/going');
  assert.equal(at(body, 'status.phase'), 'Terminating');
  const refused = await server.call('POST', '/api/v1/namespaces/going/configmaps', { body: map({ name: 'late' }) });
  assert.equal(refused.status, 403);
  assert.match(String(refused.body['message']), /unable to create new content in namespace going because it is being/);
});

test('deleteOne() refuses options that cannot be read, as they are told', async () => {
  await server.ok('POST', configMaps, map({ name: 'odd' }));
  const path = `${configMaps}/odd`;
  const grace = await server.call('DELETE', `${path}?gracePeriodSeconds=soon`);
  assert.deepEqual([grace.status, grace.body['message']], [400, 'strconv.ParseInt: parsing "soon": invalid syntax']);
  const bodies: readonly (readonly [string, string])[] = [
    ['xx', "couldn't get version/kind; json parse error: invalid character 'x' looking for beginning of value"],
    [
      '{"gracePeriodSeconds":"x"}',
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
  ];
  for (const [body, message] of bodies) {
    const refused = await server.call('DELETE', path, { body });
    assert.deepEqual([refused.status, refused.body['reason'], refused.body['message']], [500, undefined, message]);
  }
  assert.equal((await server.call('DELETE', path)).status, 200);
});

test('deleteOne() answers 202 when what was asked for by the old field has to wait', async () => {
  await server.ok('POST', configMaps, map({ name: 'waits', finalizers: ['example.com/hold'] }));
  assert.equal((await server.call('DELETE', `${configMaps}/waits?orphanDependents=false`)).status, 202);
  assert.equal((await server.call('DELETE', `${configMaps}/waits?orphanDependents=false`)).status, 202);
  assert.equal((await server.call('DELETE', `${configMaps}/waits`)).status, 200);
  await server.ok('PATCH', `${configMaps}/waits`, { metadata: { finalizers: null } }, mergePatch);
  await server.ok('POST', configMaps, map({ name: 'goes' }));
  assert.equal((await server.call('DELETE', `${configMaps}/goes?orphanDependents=0`)).status, 200);
});

test('deleteCollection() complains of the list before it complains of the options', async () => {
  const wrong = async (query: string) =>
    (await server.call('DELETE', `${configMaps}?propagationPolicy=no&${query}`)).body;
  assert.equal((await wrong('limit=abc'))['message'], 'strconv.ParseInt: parsing "abc": invalid syntax');
  assert.match(String((await wrong('fieldSelector=a%3Db'))['message']), /^"a" is not a known field selector/);
  assert.match(String((await wrong(''))['message']), /^DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy/);
});
