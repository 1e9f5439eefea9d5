import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { alice, at, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
const map = (name: string, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

const patch = (path: string, type: keyof typeof types, body: Json | string) =>
  server.call('PATCH', path, { body, contentType: types[type] });

test('patch() merges, replaces by path and by merge key', async () => {
  await server.ok('POST', configMaps, map('a', { one: '1', two: '2' }));
  const merged = await patch(`${configMaps}/a`, 'merge', { data: { one: null, three: '3' } });
  assert.deepEqual(at(merged.body, 'data'), { two: '2', three: '3' });
  const replaced = await patch(`${configMaps}/a`, 'json', [{ op: 'replace', path: '/data/two', value: 'new' }]);
  assert.deepEqual(at(replaced.body, 'data'), { two: 'new', three: '3' });
  const container = (name: string, image: string): JsonObject => ({ name, image });
  await server.ok('POST', deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'd' } },
      template: {
        metadata: { labels: { app: 'd' } },
        spec: { containers: [container('a', 'a:1'), container('b', 'b:1')] },
      },
    },
  });
  const body = { spec: { template: { spec: { containers: [container('b', 'b:2')] } } } };
  const strategic = await patch(`${deployments}/d`, 'strategic', body);
  const images = (at(strategic.body, 'spec.template.spec.containers') as Json[]).map((each) => at(each, 'image'));
  assert.deepEqual(images.toSorted(), ['a:1', 'b:2']);
});

test('patch() refuses what does not apply or makes no object of the kind', async () => {
  await server.ok('POST', configMaps, map('b', { one: '1' }));
  const refused: readonly (readonly [keyof typeof types, Json | string, number, RegExp])[] = [
    ['json', [{ op: 'test', path: '/data/one', value: '2' }], 422, /the server rejected our request/],
    ['json', { op: 'add' }, 400, /cannot unmarshal object into Go value/],
    ['merge', '{"data": ', 400, /^error decoding patch: unexpected end of JSON input$/],
    ['merge', { data: { one: 1 } }, 422, /patch: Invalid value: .*cannot unmarshal number/],
    ['merge', { metadata: { name: 'other' } }, 400, /does not match the name on the URL/],
    ['merge', { metadata: { uid: 'other' } }, 422, /metadata.uid: Invalid value: "other": field is immutable/],
    ['merge', { metadata: { resourceVersion: '1' } }, 409, /the object has been modified/],
    ['merge', { kind: 'Secret' }, 422, /patch: Invalid value/],
    ['strategic', { data: ['x'] }, 422, /cannot restore map from slice/],
  ];
  for (const [type, body, code, message] of refused) {
    const { status, body: answer } = await patch(`${configMaps}/b`, type, body);
    assert.equal(status, code, JSON.stringify(body));
    assert.match(String(answer['message']), message);
  }
  const unknown = await server.call('PATCH', `${configMaps}/b`, { body: {}, contentType: 'application/json' });
  assert.equal(unknown.status, 415);
  assert.deepEqual(at(await server.ok('GET', `${configMaps}/b`), 'data'), { one: '1' });
});

test('patch() applies: creates, keeps owners apart, names conflicts, gives up fields', async () => {
  const path = `${configMaps}/applied?fieldManager=`;
  const created = await patch(`${path}one`, 'apply', map('applied', { shared: '1', own: '1' }));
  assert.equal(created.status, 201);
  const conflict = await patch(`${path}two`, 'apply', map('applied', { shared: '2' }));
  assert.equal(conflict.status, 409);
  assert.equal(conflict.body['message'], 'Apply failed with 1 conflict: conflict with "one": .data.shared');
  const forced = await patch(`${path}two&force=true`, 'apply', map('applied', { shared: '2' }));
  assert.deepEqual(at(forced.body, 'data'), { shared: '2', own: '1' });
  const left = await patch(`${path}one`, 'apply', map('applied'));
  assert.deepEqual(at(left.body, 'data'), { shared: '2' });
  assert.equal((await patch(`${configMaps}/applied`, 'apply', map('applied'))).status, 422);
});

test('patch() that would create by apply needs the right to create', async () => {
  const { status } = await server.call('PATCH', `${configMaps}/new?fieldManager=x`, {
    user: alice,
    body: map('new'),
    contentType: types.apply,
  });
  assert.equal(status, 403);
});

test('patch() on a dry run changes nothing', async () => {
  await server.ok('POST', configMaps, map('dry', { one: '1' }));
  const { body } = await patch(`${configMaps}/dry?dryRun=All`, 'merge', { data: { one: '2' } });
  assert.equal(at(body, 'data.one'), '2');
  assert.equal(at(await server.ok('GET', `${configMaps}/dry`), 'data.one'), '1');
});

test('patch() reads its body once there is an object, as strictly as was asked', async () => {
  await server.ok('POST', configMaps, map('strict', { one: '1' }));
  const cases: readonly (readonly [string, keyof typeof types, string, number, string])[] = [
    ['nowhere', 'merge', '{', 404, 'configmaps "nowhere" not found'],
    ['strict', 'merge', '{', 400, 'error decoding patch: unexpected end of JSON input'],
    ['strict?fieldValidation=Ignore', 'merge', '{', 400, 'Invalid JSON Patch'],
    ['strict?fieldValidation=Ignore', 'json', '{', 400, 'unexpected end of JSON input'],
    ['strict', 'strategic', '[]', 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [
      'strict',
      'merge',
      '{"apiVersion":null}',
      400,
      'the name of the object (strict based on URL) was undeterminable: name must be provided',
    ],
  ];
  for (const [name, type, body, status, message] of cases) {
    const answer = await patch(`${configMaps}/${name}`, type, body);
    assert.deepEqual([answer.status, at(answer.body, 'message')], [status, message]);
  }
  for (const body of ['null', '{"kind":"Secret"}']) {
    assert.equal((await patch(`${configMaps}/strict`, 'strategic', body)).status, 200);
  }
  const strict = await patch(
    `${configMaps}/strict?fieldValidation=Strict`,
    'json',
    '[{"op":"add","path":"/data/x","Value":"1"}]',
  );
  assert.match(String(at(strict.body, 'message')), /strict decoding error: json patch unknown field "\[0\]\.Value"$/);
});

test('patch() by apply takes no uid for an object that is not there', async () => {
  const body = { ...map('uid'), metadata: { name: 'uid', uid: 'abc' } };
  const { status, body: answer } = await patch(`${configMaps}/uid?fieldManager=x`, 'apply', body);
  const why = 'uid mismatch: the provided object specified uid abc, and no existing object was found';
  assert.deepEqual([status, at(answer, 'message')], [409, `Operation cannot be fulfilled on configmaps "uid": ${why}`]);
});
