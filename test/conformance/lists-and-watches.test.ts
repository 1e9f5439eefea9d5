/** Watches, pages, tables, discovery and the version of the server, as the suite's parts on the API machinery ask for them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer, type WatchLine } from '../../src/apiserver/testing/test-server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const merge = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const labelled = (name: string, label: string): JsonObject => ({ metadata: { name, labels: { watch: label } } });
const watchPath = (label: string, rest = ''): string =>
  `${configMaps}?watch=true&labelSelector=watch+in+(${label})${rest}`;
const told = (lines: readonly WatchLine[]): readonly string[] =>
  lines.map(({ type, object }) => `${type} ${String(at(object, 'metadata.name'))}`);
const versionOf = (object: JsonObject | undefined): string => String(at(object, 'metadata.resourceVersion'));
const touch = (name: string, value: string): Promise<JsonObject> =>
  server.ok('PATCH', `${configMaps}/${name}`, { data: { mutation: value } }, merge);

test('each watcher is told of what its selector selects', async () => {
  const [a, b, both] = await Promise.all(['a', 'b', 'a,b'].map((label) => server.watch(watchPath(label))));
  for (const name of ['a', 'b']) {
    await server.ok('POST', configMaps, labelled(name, name));
    await touch(name, '1');
    await server.ok('DELETE', `${configMaps}/${name}`);
  }
  const life = (name: string): readonly string[] => ['ADDED', 'MODIFIED', 'DELETED'].map((type) => `${type} ${name}`);
  assert.deepEqual(told((await a?.events(3)) ?? []), life('a'));
  assert.deepEqual(told((await b?.events(3)) ?? []), life('b'));
  assert.deepEqual(told((await both?.events(6)) ?? []), [...life('a'), ...life('b')]);
  await Promise.all([a?.stop(), b?.stop(), both?.stop()]);
});

test('a watch begins behind the version that is named, and goes on where another ended', async () => {
  await server.ok('POST', configMaps, labelled('from', 'from'));
  const first = await touch('from', '1');
  await touch('from', '2');
  await server.ok('DELETE', `${configMaps}/from`);
  const late = await server.watch(watchPath('from', `&resourceVersion=${versionOf(first)}`));
  const lines = await late.events(2);
  assert.deepEqual(told(lines), ['MODIFIED from', 'DELETED from']);
  await late.stop();
  const again = await server.watch(watchPath('from', `&resourceVersion=${versionOf(lines[0]?.object)}`));
  assert.deepEqual(told(await again.events(1)), ['DELETED from']);
  await again.stop();
});

test('an object that leaves the selection is told as deleted, one that comes back as added', async () => {
  const watch = await server.watch(watchPath('moving'));
  await server.ok('POST', configMaps, labelled('moving', 'moving'));
  const relabel = (label: string): Promise<JsonObject> =>
    server.ok('PATCH', `${configMaps}/moving`, { metadata: { labels: { watch: label } } }, merge);
  await relabel('elsewhere');
  await touch('moving', 'unseen');
  await relabel('moving');
  await server.ok('DELETE', `${configMaps}/moving`);
  const types = (await watch.events(4)).map(({ type }) => type);
  assert.deepEqual(types, ['ADDED', 'DELETED', 'ADDED', 'DELETED']);
  await watch.stop();
});

test('watches that run at once are told in one order, wherever they begin', async () => {
  const first = await server.ok('POST', configMaps, labelled('ordered-0', 'ordered'));
  const writes = Array.from({ length: 30 }, (_, index) => async () => {
    await server.ok('POST', configMaps, labelled(`ordered-${index + 1}`, 'ordered'));
    await touch(`ordered-${index + 1}`, 'x');
  });
  const begin = `&resourceVersion=${versionOf(first)}`;
  const early = await Promise.all([1, 2, 3].map(() => server.watch(watchPath('ordered', begin))));
  await Promise.all(writes.map((write) => write()));
  const versions = (await early[0]?.events(60))?.map(({ object }) => versionOf(object)) ?? [];
  assert.equal(versions.length, 60);
  for (const watch of early)
    assert.deepEqual(
      (await watch.events(60)).map(({ object }) => versionOf(object)),
      versions,
    );
  const late = await server.watch(watchPath('ordered', `&resourceVersion=${versions[19] ?? ''}`));
  assert.deepEqual(
    (await late.events(40)).map(({ object }) => versionOf(object)),
    versions.slice(20),
  );
  await Promise.all([...early, late].map((watch) => watch.stop()));
});

test('pages of a list show one revision and hold every object once', async () => {
  const templates = '/api/v1/namespaces/default/podtemplates';
  const template = { spec: { containers: [{ name: 'c', image: 'i' }] } };
  const names = Array.from({ length: 400 }, (_, index) => `template-${String(index).padStart(4, '0')}`);
  for (const name of names) await server.ok('POST', templates, { metadata: { name }, template });
  const seen: Json[] = [];
  const versions = new Set<string>();
  let token = '';
  do {
    const more = token === '' ? '' : `&continue=${token}`;
    const page = await server.ok('GET', `${templates}?limit=37${more}`);
    const items = page['items'] as readonly JsonObject[];
    seen.push(...items.map((item) => at(item, 'metadata.name') ?? ''));
    versions.add(versionOf(page));
    token = String(at(page, 'metadata.continue') ?? '');
    if (token !== '') assert.equal(at(page, 'metadata.remainingItemCount'), 400 - seen.length);
  } while (token !== '');
  assert.deepEqual(seen, names);
  assert.equal(versions.size, 1);
  assert.equal(((await server.ok('GET', `${templates}?limit=400`))['items'] as readonly Json[]).length, 400);
});

test('a page whose revision is compacted away answers 410 with a token to go on from the last key', async (context) => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const own = await startTestServer({ store });
  context.after(async () => {
    await own.close();
    await store.close();
  });
  for (const name of ['a', 'b', 'c', 'd']) await own.ok('POST', configMaps, { metadata: { name } });
  const first = await own.ok('GET', `${configMaps}?limit=2`);
  const last = await own.ok('POST', configMaps, { metadata: { name: 'later' } });
  await store.compact(Number(versionOf(last)));
  const gone = await own.call('GET', `${configMaps}?limit=2&continue=${String(at(first, 'metadata.continue'))}`);
  assert.equal(gone.status, 410, gone.text);
  assert.equal(gone.body['reason'], 'Expired');
  const token = String(at(gone.body, 'metadata.continue'));
  const rest = await own.ok('GET', `${configMaps}?limit=5&continue=${token}`);
  const names = (rest['items'] as readonly JsonObject[]).map((item) => at(item, 'metadata.name'));
  assert.deepEqual(names, ['c', 'd', 'later']);
  assert.ok(Number(versionOf(rest)) > Number(versionOf(first)));
});

test('who asks for a Table of what has none is told 406', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const review = { spec: { nonResourceAttributes: { path: '/', verb: 'get' } } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const answer = await server.call('POST', path, { body: review, accept });
  assert.equal(answer.status, 406, answer.text);
});

test('every group prefers a version that it has, and every version lists its resources', async () => {
  const groups = (await server.ok('GET', '/apis'))['groups'] as readonly JsonObject[];
  for (const group of groups) {
    const name = String(group['name']);
    const versions = (group['versions'] as readonly JsonObject[]).map((version) => version['groupVersion']);
    assert.ok(versions.includes(at(group, 'preferredVersion.groupVersion') ?? ''), name);
    assert.deepEqual((await server.ok('GET', `/apis/${name}`))['preferredVersion'], group['preferredVersion']);
    for (const version of versions) {
      const list = await server.ok('GET', `/apis/${String(version)}`);
      assert.equal(list['groupVersion'], version);
      assert.ok((list['resources'] as readonly Json[]).length > 0, String(version));
    }
  }
});

test('aggregated discovery answers in the form that is asked for, and the old one to the rest', async () => {
  for (const path of ['/api', '/apis']) {
    const { body } = await server.call('GET', path, {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
    });
    assert.equal(body['kind'], 'APIGroupDiscoveryList');
    assert.equal(body['apiVersion'], 'apidiscovery.k8s.io/v2');
    assert.ok((body['items'] as readonly Json[]).length > 0);
  }
  assert.equal((await server.ok('GET', '/apis'))['kind'], 'APIGroupList');
});

test('/version names major and minor version', async () => {
  const version = await server.ok('GET', '/version');
  assert.equal(version['major'], '1');
  assert.match(String(version['minor']), /^36/);
});
