/**
 * "API operations" and "lifecycle" of the conformance suite, for every kind in `lifecycles.ts`: the group and the resource
 * are discovered; create, get, list (in a namespace and over all), watch, patch, update, status, delete and
 * deletecollection do what they are named after; the watch tells each step.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer, type TestWatch } from '../../src/apiserver/testing/test-server.ts';
import { lifecycles, type Lifecycle } from './lifecycles.ts';

const merge = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', account);
});
after(() => server.close());

function pathOf({ group, namespaced, plural }: Lifecycle): string {
  return namespaced ? `${group}/namespaces/default/${plural}` : `${group}/${plural}`;
}

function objectOf(of: Lifecycle, id: string): JsonObject {
  const { group, kind, body, named } = of;
  const name = named?.(id) ?? id;
  const apiVersion = group.replace(/^\/apis?\//, '');
  return { apiVersion, kind, metadata: { name, labels: { test: 'life' } }, ...body(name) } as JsonObject;
}

const itemsOf = (list: JsonObject): readonly JsonObject[] => list['items'] as readonly JsonObject[];
const namesOf = (list: JsonObject): readonly Json[] => itemsOf(list).map((item) => at(item, 'metadata.name') ?? '');

async function seeDiscovered({ group, plural, kind, namespaced, status }: Lifecycle): Promise<void> {
  const { groupVersion, resources } = await server.ok('GET', group);
  assert.equal(groupVersion, group.replace(/^\/apis?\//, ''));
  const found = (resources as readonly JsonObject[]).find((one) => one['name'] === plural);
  assert.equal(found?.['kind'], kind);
  assert.equal(found?.['namespaced'], namespaced);
  const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
  const served = ((found?.['verbs'] ?? []) as readonly string[]).toSorted();
  assert.deepEqual(served, verbs);
  const names = (resources as readonly JsonObject[]).map((one) => one['name']);
  if (status !== undefined) assert.ok(names.includes(`${plural}/status`));
}

async function seeRead(of: Lifecycle, created: JsonObject): Promise<string> {
  const path = pathOf(of);
  const name = at(created, 'metadata.name') as string;
  const got = await server.ok('GET', `${path}/${name}`);
  assert.deepEqual(got, created);
  assert.deepEqual(namesOf(await server.ok('GET', `${path}?labelSelector=test%3Dlife`)), [name]);
  const everywhere = await server.ok('GET', `${of.group}/${of.plural}?labelSelector=test%3Dlife`);
  assert.deepEqual(namesOf(everywhere), [name]);
  assert.equal(everywhere['kind'], `${of.kind}List`);
  return `${path}/${name}`;
}

async function seeChanged(path: string): Promise<void> {
  const patched = await server.ok('PATCH', path, { metadata: { annotations: { patched: 'true' } } }, merge);
  assert.equal(at(patched, 'metadata.annotations.patched'), 'true');
  const metadata = patched['metadata'] as JsonObject;
  const labels = { ...(metadata['labels'] as JsonObject), updated: 'yes' };
  const updated = await server.ok('PUT', path, { ...patched, metadata: { ...metadata, labels } });
  assert.equal(at(updated, 'metadata.labels.updated'), 'yes');
  assert.notEqual(at(updated, 'metadata.resourceVersion'), at(patched, 'metadata.resourceVersion'));
  const stale = await server.call('PUT', path, { body: patched });
  assert.equal(stale.status, 409, stale.text);
  assert.deepEqual(await server.ok('GET', path), updated);
}

async function seeStatus(path: string, status: JsonObject): Promise<void> {
  const before = await server.ok('GET', path);
  const patch = { metadata: { annotations: { statusPatched: 'true' } }, status };
  const patched = await server.ok('PATCH', `${path}/status`, patch, merge);
  assertHolds(patched['status'], status);
  assert.deepEqual(patched['spec'], before['spec']);
  assertHolds((await server.ok('GET', `${path}/status`))['status'], status);
  const updated = await server.ok('PUT', `${path}/status`, patched);
  assertHolds(updated['status'], status);
}

/** Every member of `expected` is in `actual`. */
function assertHolds(actual: Json | undefined, expected: Json): void {
  if (typeof expected !== 'object' || expected === null) return assert.deepEqual(actual, expected);
  for (const [key, inner] of Object.entries(expected)) assertHolds((actual as JsonObject | undefined)?.[key], inner);
}

async function seeDeleted(of: Lifecycle, path: string): Promise<void> {
  await server.ok('DELETE', path);
  await release(path);
  assert.equal((await server.call('GET', path)).status, 404);
  const collection = pathOf(of);
  const paths: string[] = [];
  for (const id of ['life-b', 'life-c']) {
    const created = await server.ok('POST', collection, objectOf(of, id));
    paths.push(`${collection}/${String(at(created, 'metadata.name'))}`);
  }
  const selected = `${collection}?labelSelector=test%3Dlife`;
  assert.equal(itemsOf(await server.ok('GET', selected)).length, 2);
  await server.ok('DELETE', selected);
  for (const one of paths) await release(one);
  assert.deepEqual(itemsOf(await server.ok('GET', selected)), []);
}

/** Finalizers that controllers answer for stand on some kinds; here nobody does. */
async function release(path: string): Promise<void> {
  const left = await server.call('GET', path);
  if (left.status === 404) return;
  assert.ok(at(left.body, 'metadata.deletionTimestamp'), `${path} is neither gone nor going`);
  await server.ok('PATCH', path, { metadata: { finalizers: null } }, merge);
}

/** What a watch told up to the event that is the last of `count` deletions. */
async function typesUntilDeleted(watch: TestWatch, count: number): Promise<readonly string[]> {
  let told: readonly string[] = [];
  for (let wanted = 8; told.filter((type) => type === 'DELETED').length < count; wanted += 1) {
    told = (await watch.events(wanted)).map((event) => event.type);
    assert.ok(told.length >= wanted, `the watch ends with ${told.join(' ')}`);
  }
  return told;
}

for (const of of lifecycles) {
  test(`${of.group}/${of.plural}: every API operation, and a watch that tells them`, async () => {
    await seeDiscovered(of);
    const watch = await server.watch(`${pathOf(of)}?watch=true&labelSelector=test%3Dlife`);
    const path = await seeRead(of, await server.ok('POST', pathOf(of), objectOf(of, 'life-a')));
    await seeChanged(path);
    if (of.status !== undefined) await seeStatus(path, of.status);
    await seeDeleted(of, path);
    const types = await typesUntilDeleted(watch, 3);
    await watch.stop();
    assert.deepEqual(types.slice(0, 3), ['ADDED', 'MODIFIED', 'MODIFIED']);
    assert.equal(types.filter((type) => type === 'ADDED').length, 3);
    assert.equal(types.filter((type) => type === 'DELETED').length, 3);
  });
}
