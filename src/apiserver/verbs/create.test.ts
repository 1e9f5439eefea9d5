import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { alice, at, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const named = (name: string, more: Record<string, Json> = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
});

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

test('create() answers the object with what the server fills in', async () => {
  const { status, body } = await server.call('POST', configMaps, { body: named('a', { data: { x: '1' } }) });
  assert.equal(status, 201);
  assert.equal(at(body, 'metadata.namespace'), 'default');
  for (const field of ['uid', 'resourceVersion', 'creationTimestamp']) assert.ok(at(body, `metadata.${field}`), field);
  const [entry] = at(body, 'metadata.managedFields') as Json[];
  assert.deepEqual(at(entry, 'fieldsV1'), { 'f:data': { '.': {}, 'f:x': {} } });
});

test('create() refuses a name that is taken, with Kubernetes text and details', async () => {
  await server.ok('POST', configMaps, named('taken'));
  const { status, body } = await server.call('POST', configMaps, { body: named('taken') });
  assert.equal(status, 409);
  assert.equal(body['message'], 'configmaps "taken" already exists');
  assert.deepEqual(body['details'], { name: 'taken', kind: 'configmaps' });
});

test('create() makes names from generateName and finds another when one is taken', async () => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } };
  const names = new Set<Json | undefined>();
  for (let i = 0; i < 5; i++) names.add(at(await server.ok('POST', configMaps, body), 'metadata.name'));
  assert.equal(names.size, 5);
  for (const name of names) assert.match(String(name), /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test('create() leaves nothing behind on a dry run', async () => {
  const { status } = await server.call('POST', `${configMaps}?dryRun=All`, { body: named('dry') });
  assert.equal(status, 201);
  assert.equal((await server.call('GET', `${configMaps}/dry`)).status, 404);
});

test('create() warns of unknown and doubled fields, or refuses them when asked to be strict', async () => {
  const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"odd"},"data":{"x":"1","x":"2"},"extra":1}';
  const lax = await server.call('POST', configMaps, { body: text });
  assert.equal(lax.status, 201);
  assert.deepEqual(lax.warnings, ['duplicate field "data.x"', 'unknown field "extra"']);
  const strict = await server.call('POST', `${configMaps}?fieldValidation=Strict`, { body: text });
  assert.equal(strict.status, 400);
  assert.match(
    String(strict.body['message']),
    /strict decoding error: duplicate field "data.x", unknown field "extra"$/,
  );
});

test('create() refuses bodies that cannot be read, saying why', async () => {
  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['{"apiVersion": "v1", "kind"', 400, /unexpected end of JSON input/],
    ['not json', 400, /json parse error: invalid character/],
    ['[]', 400, /cannot unmarshal array into Go value/],
    ['{"apiVersion":1}', 400, /cannot unmarshal number into Go struct field \.apiVersion of type string/],
    ['{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}', 400, /unknown conversion/],
    ['{"apiVersion":"v1","kind":"ConfigMap","data":{"a":1}}', 400, /cannot unmarshal number/],
    ['{"apiVersion":"v1","kind":"ConfigMap"}', 422, /name or generateName is required/],
  ];
  for (const [body, code, message] of refused) {
    const { status, body: answer } = await server.call('POST', configMaps, { body });
    assert.equal(status, code, body);
    assert.match(String(answer['message']), message, body);
  }
});

test('create() refuses what does not fit the address', async () => {
  const elsewhere = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'other' } };
  assert.equal((await server.call('POST', configMaps, { body: elsewhere })).status, 400);
  assert.equal((await server.call('POST', '/api/v1/namespaces/missing/configmaps', { body: named('a') })).status, 404);
  assert.equal((await server.call('POST', '/api/v1/configmaps', { body: named('a') })).status, 405);
  assert.equal((await server.call('POST', `${configMaps}/a`, { body: named('a') })).status, 405);
  const versioned = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'v', resourceVersion: '5' } };
  assert.equal((await server.call('POST', configMaps, { body: versioned })).status, 500);
});

test('create() refuses a resource version last, keeps it in a dry run, and takes none for what is no version', async () => {
  const versioned = (name: string, resourceVersion: string): JsonObject => ({ metadata: { name, resourceVersion } });
  const answer = async (body: JsonObject, query = ''): Promise<readonly [number, unknown]> => {
    const { status, body: said } = await server.call('POST', `${configMaps}${query}`, { body });
    return [status, at(said, 'message') ?? at(said, 'metadata.resourceVersion')];
  };
  assert.equal((await answer(versioned('Bad', '5')))[0], 422);
  assert.deepEqual(await answer(versioned('v', '5')), [
    500,
    'resourceVersion should not be set on objects to be created',
  ]);
  assert.deepEqual(await answer(versioned('v', '5'), '?dryRun=All'), [201, '5']);
  const [status, version] = await answer(versioned('none', 'none'));
  assert.equal(status, 201);
  assert.match(String(version), /^\d+$/);
});

test('create() keeps doubled owners once and says so', async () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences: [owner, owner] } };
  const { body: created, warnings } = await server.call('POST', configMaps, { body });
  assert.deepEqual(at(created, 'metadata.ownerReferences'), [owner]);
  assert.match(warnings[0] ?? '', /duplicate UID\(s\) observed: u$/);
});

test('create() is forbidden to who has no right to it', async () => {
  const { status, body } = await server.call('POST', configMaps, { user: alice, body: named('hers') });
  assert.equal(status, 403);
  assert.equal(
    body['message'],
    'configmaps is forbidden: User "alice" cannot create resource "configmaps" in API group "" in the namespace "default"',
  );
});

test('create() takes names of field managers that can be printed, and tells all that is wrong with its options', async () => {
  const path = `${configMaps}?fieldManager=${encodeURIComponent('ü\nb')}&dryRun=Some&dryRun=None&fieldValidation=Any`;
  const { status, body } = await server.call('POST', path, { body: { metadata: { name: 'never' } } });
  assert.equal(status, 422);
  const causes = (at(body, 'details.causes') as readonly JsonObject[]).map(({ message }) => message);
  assert.deepEqual(causes, [
    'Invalid value: "ü\\nb": invalid character U+000A (at position 2)',
    'Unsupported value: ["Some","None"]: supported values: "All"',
    'Unsupported value: "Any": supported values: "", "Ignore", "Strict", "Warn"',
  ]);
});
