import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const map = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
});
const namesOf = (list: JsonObject): Json[] =>
  (list['items'] as Json[]).map((item) => at(item, 'metadata.name') ?? null);

let server: TestServer;
before(async () => {
  server = await startTestServer();
  for (const [name, odd] of [
    ['a', 'yes'],
    ['b', 'no'],
    ['c', 'yes'],
    ['d', 'no'],
  ] as const)
    await server.ok('POST', configMaps, map(name, { odd }));
});
after(() => server.close());

test('listObjects() gives pages that show one revision and says how many follow', async () => {
  const first = await server.ok('GET', `${configMaps}?limit=2`);
  assert.deepEqual([namesOf(first), at(first, 'metadata.remainingItemCount')], [['a', 'b'], 2]);
  await server.ok('POST', configMaps, map('bb'));
  const second = await server.ok('GET', `${configMaps}?limit=5&continue=${String(at(first, 'metadata.continue'))}`);
  assert.deepEqual(namesOf(second), ['c', 'd']);
  assert.equal(at(second, 'metadata.resourceVersion'), at(first, 'metadata.resourceVersion'));
  await server.ok('DELETE', `${configMaps}/bb`);
});

test('listObjects() takes tokens that are written as those of Kubernetes', async () => {
  const tokenOf = (token: unknown): string => Buffer.from(JSON.stringify(token)).toString('base64url');
  const ask = (token: unknown) => server.call('GET', `${configMaps}?limit=1&continue=${tokenOf(token)}`);
  const first = await server.ok('GET', `${configMaps}?limit=1`);
  const told = JSON.parse(Buffer.from(String(at(first, 'metadata.continue')), 'base64url').toString()) as unknown;
  assert.deepEqual(told, { v: 'meta.k8s.io/v1', rv: Number(at(first, 'metadata.resourceVersion')), start: 'a\0' });
  const given = { v: 'meta.k8s.io/v1', rv: -1 };
  assert.deepEqual(namesOf((await ask({ ...given, start: 'b' })).body), ['b']);
  const refused: readonly (readonly [unknown, string])[] = [
    [{ ...given, rv: 0, start: 'b' }, ': incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [given, ': encoded start key empty (version meta.k8s.io/v1)'],
    [{ ...given, start: '../x/b' }, ': ../x/b'],
    [{ ...given, v: 'v2' }, ': server does not recognize this encoded version v2'],
    [['x'], ': json: cannot unmarshal array into Go value of type storage.continueToken'],
    [{ ...given, rv: '1' }, ': json: cannot unmarshal string into Go struct field continueToken.rv of type int64'],
    [{ ...given, rv: 1.5 }, ': json: cannot unmarshal number 1.5 into Go struct field continueToken.rv of type int64'],
    [{ ...given, start: 1 }, ': json: cannot unmarshal number into Go struct field continueToken.start of type string'],
  ];
  for (const [token, why] of refused) {
    const { status, body } = await ask(token);
    assert.deepEqual([status, body['message']], [400, `invalid continue token: continue key is not valid${why}`]);
  }
});

test('listObjects() selects by labels and fields, and does not count what it has not looked at', async () => {
  assert.deepEqual(namesOf(await server.ok('GET', `${configMaps}?labelSelector=odd%3Dyes`)), ['a', 'c']);
  assert.deepEqual(namesOf(await server.ok('GET', `${configMaps}?labelSelector=odd+in+(no)`)), ['b', 'd']);
  assert.deepEqual(namesOf(await server.ok('GET', `${configMaps}?fieldSelector=metadata.name%3Db`)), ['b']);
  const page = await server.ok('GET', `${configMaps}?limit=1&labelSelector=odd%3Dyes`);
  assert.ok(at(page, 'metadata.continue'));
  assert.equal(at(page, 'metadata.remainingItemCount'), undefined);
});

test('listObjects() refuses parameters that cannot be read or do not go together', async () => {
  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['limit=many&timeoutSeconds=few', 400, /strconv.ParseInt: parsing "few"/],
    ['limit=many', 400, /strconv.ParseInt: parsing "many"/],
    ['limit=99999999999999999999', 400, /strconv.ParseInt: parsing "99999999999999999999": value out of range/],
    ['continue=!!!', 400, /illegal base64 data at input byte 0/],
    ['continue=e30', 400, /does not recognize this encoded version/],
    ['resourceVersion=abc', 500, /strconv.ParseUint: parsing "abc"/],
    ['resourceVersionMatch=Exact', 422, /forbidden unless resourceVersion is provided/],
    ['resourceVersion=1&resourceVersionMatch=Sometimes', 422, /Unsupported value: "Sometimes"/],
    ['fieldSelector=data%3Dx', 400, /"data" is not a known field selector/],
    ['labelSelector=a+in', 400, /unable to parse requirement/],
    ['resourceVersion=999999999', 504, /Too large resource version/],
  ];
  for (const [query, code, message] of refused) {
    const { status, body } = await server.call('GET', `${configMaps}?${query}`);
    assert.equal(status, code, query);
    assert.match(String(body['message']), message, query);
  }
});

test('what can be listed and not watched says so, by the old path of watches that it is not there', async () => {
  const asked = await server.call('GET', '/api/v1/componentstatuses?watch=true');
  assert.deepEqual(
    [asked.status, asked.body['message'], asked.body['details']],
    [405, 'watch is not supported on resources of kind "componentstatuses"', { kind: 'componentstatuses' }],
  );
  assert.equal((await server.call('GET', '/api/v1/watch/componentstatuses')).status, 404);
});

test('listObjects() answers tables and metadata alone to who asks for them', async () => {
  const as = (form: string) => `application/json;as=${form};v=v1;g=meta.k8s.io,application/json`;
  const table = await server.call('GET', configMaps, { accept: as('Table') });
  assert.equal(table.body['kind'], 'Table');
  assert.equal((table.body['rows'] as Json[]).length, 4);
  const metadata = await server.call('GET', configMaps, { accept: as('PartialObjectMetadataList') });
  assert.equal(at((metadata.body['items'] as Json[])[0], 'kind'), 'PartialObjectMetadata');
  const yaml = await server.call('GET', `${configMaps}/a`, { accept: 'application/yaml' });
  assert.match(yaml.text, /^kind: ConfigMap$/m);
});

test('watchObjects() sends what exists and then what happens, as the selector sees it', async () => {
  const watch = await server.watch(`${configMaps}?watch=1&labelSelector=odd%3Dyes`);
  await server.ok('POST', configMaps, map('w', { odd: 'yes' }));
  await server.ok('PATCH', `${configMaps}/w`, { metadata: { labels: { odd: 'no' } } }, 'application/merge-patch+json');
  await server.ok('DELETE', `${configMaps}/w`);
  const events = await watch.events(4);
  assert.deepEqual(
    events.map(({ type, object }) => [type, at(object, 'metadata.name')]),
    [
      ['ADDED', 'a'],
      ['ADDED', 'c'],
      ['ADDED', 'w'],
      ['DELETED', 'w'],
    ],
  );
  await watch.stop();
});

test('watchObjects() goes on from a version without a gap, and marks the end of what exists', async () => {
  const created = await server.ok('POST', configMaps, map('since'));
  await server.ok('DELETE', `${configMaps}/since`);
  const from = await server.watch(
    `${configMaps}?watch=1&resourceVersion=${String(at(created, 'metadata.resourceVersion'))}`,
  );
  const [event] = await from.events(1);
  assert.deepEqual([event?.type, at(event?.object, 'metadata.name')], ['DELETED', 'since']);
  await from.stop();
  const query = 'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
  const initial = await server.watch(`${configMaps}?${query}`);
  const last = (await initial.events(5))[4];
  assert.equal(last?.type, 'BOOKMARK');
  assert.deepEqual(at(last.object, 'metadata.annotations'), { 'k8s.io/initial-events-end': 'true' });
  await initial.stop();
});

test('watchObjects() by the old path takes one name, GET alone, and no subresource', async () => {
  const old = '/api/v1/watch/namespaces/default/configmaps';
  const watch = await server.watch(`${old}/a`);
  assert.equal(at((await watch.events(1))[0]?.object, 'metadata.name'), 'a');
  await watch.stop();
  const wrong = await server.call('GET', `${old}/a?fieldSelector=metadata.name%3Db`);
  assert.deepEqual(
    [wrong.status, wrong.body['message']],
    [400, "fieldSelector metadata.name doesn't match requested name"],
  );
  assert.equal((await server.call('POST', old, { body: map('x') })).status, 405);
  assert.equal((await server.call('GET', '/api/v1/watch/namespaces/default/pods/a/status')).status, 404);
  const initial = await server.call('GET', `${old}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
  assert.match(initial.text, /sendInitialEvents is forbidden for list/);
});

test('paths with empty parts name nothing', async () => {
  for (const path of ['/api//v1/namespaces', '/api/v1//namespaces', '/apis/apps/v1//deployments', `${configMaps}//a`]) {
    const { status, body } = await server.call('GET', path);
    assert.deepEqual([status, body['reason']], [404, 'NotFound'], path);
  }
  assert.equal((await server.call('GET', '/apis//apps/v1/deployments')).text, '404 page not found\n');
  assert.equal((await server.call('GET', `${configMaps}//`)).status, 200);
});

test('listObjects() tells of pages whose version is gone, and gives a token to go on without it', async () => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const own = await startTestServer({ store });
  try {
    for (const name of ['a', 'b', 'c']) await own.ok('POST', configMaps, map(name));
    const first = await own.ok('GET', `${configMaps}?limit=1`);
    const next = `${configMaps}?limit=5&continue=${String(at(first, 'metadata.continue'))}`;
    const version = String(at(first, 'metadata.resourceVersion'));
    await own.ok('POST', configMaps, map('d'));
    await store.compact(store.revision);
    const expired = await own.call('GET', next);
    assert.deepEqual([expired.status, expired.body['reason']], [410, 'Expired']);
    assert.match(String(expired.body['message']), /^The provided continue parameter is too old/);
    const token = String(at(expired.body, 'metadata.continue'));
    assert.deepEqual(namesOf(await own.ok('GET', `${configMaps}?continue=${token}`)), ['b', 'c', 'd']);
    const exact = await own.call('GET', `${configMaps}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    assert.deepEqual(
      [exact.status, exact.body['reason'], exact.body['message']],
      [410, 'Expired', 'The resourceVersion for the provided list is too old.'],
    );
    const both = await own.call('GET', `${next}&resourceVersion=${version}`);
    assert.deepEqual(
      [both.status, both.body['message']],
      [400, 'specifying resource version is not allowed when using continue'],
    );
  } finally {
    await own.close();
    await store.close();
  }
});
