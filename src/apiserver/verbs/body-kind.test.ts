import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { define } from '../testing/define.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const table = 'in scheme "pkg/api/legacyscheme/scheme.go:30"';
const foos = '/apis/ex.example.com/v1/namespaces/default/foos';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await define(server, { group: 'ex.example.com', plural: 'foos', kind: 'Foo' });
});
after(() => server.close());

const refused = async (path: string, body: Json | string): Promise<string> => {
  const result = await server.call('POST', path, { body });
  return `${result.status} ${String(result.body['message'])}`;
};

test('checkKind() tells unknown kinds, other kinds and other versions apart when a body is not what its path takes', async () => {
  const cases: readonly (readonly [apiVersion: string, kind: string, message: string])[] = [
    [
      'v1',
      'Pod',
      'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
    ],
    [
      'v1',
      'ConfigMapList',
      'ConfigMapList in version "v1" cannot be handled as a ConfigMap: converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion',
    ],
    [
      'v2',
      'ConfigMap',
      `ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" ${table}`,
    ],
    [
      'foo/v1',
      'Foo',
      `Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "foo/v1" ${table}`,
    ],
  ];
  for (const [apiVersion, kind, message] of cases) {
    assert.equal(await refused(configMaps, { apiVersion, kind, metadata: { name: 'a' } }), `400 ${message}`);
  }
  const old = await refused('/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1beta1',
    kind: 'Deployment',
  });
  assert.equal(old, '400 the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)');
  assert.match(
    await refused(configMaps, { apiVersion: 'a/b/c' }),
    /must be of type ConfigMap\): unexpected GroupVersion string: a\/b\/c \(\{/,
  );
});

test('checkKind() knows which kinds are one in several groups, and which server knows which', async () => {
  const other = (said: string, expected: string): string =>
    `400 the API version in the data (${said}) does not match the expected API version (${expected})`;
  const apps = '/apis/apps/v1/namespaces/default/deployments';
  const deployment = { apiVersion: 'extensions/v1beta1', kind: 'Deployment' };
  assert.equal(await refused(apps, deployment), other('extensions/v1beta1', 'apps/v1'));
  const events = '/apis/events.k8s.io/v1/namespaces/default/events';
  assert.equal(await refused(events, { apiVersion: 'v1', kind: 'Event' }), other('v1', 'events.k8s.io/v1'));
  assert.match(await refused(events, { apiVersion: 'v1', kind: 'Pod' }), /\(v1.Pod\) to \(core.Event\)/);
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  assert.match(
    await refused(definitions, { apiVersion: 'v1', kind: 'Pod' }),
    /no kind "Pod" is registered .*apiserver.go/,
  );
});

test('checkKind() wants custom resources to say what they are', async () => {
  const metadata = { name: 'a' };
  const bare = '{"metadata":{"name":"a"}}';
  const cases: readonly (readonly [Json | string, string])[] = [
    [
      bare,
      `400 the object provided is unrecognized (must be of type Foo): Object 'Kind' is missing in '${bare}' (${bare})`,
    ],
    [
      { kind: 'Foo', metadata },
      '400 the API version in the data () does not match the expected API version (ex.example.com/v1)',
    ],
    [
      { apiVersion: 'ex.example.com/v2', kind: 'Foo' },
      '400 the API version in the data (ex.example.com/v2) does not match the expected API version (ex.example.com/v1)',
    ],
    [
      { apiVersion: 'ex.example.com/v1', kind: 'Bar', metadata },
      '422 Bar.ex.example.com "a" is invalid: kind: Invalid value: "Bar": must be Foo',
    ],
  ];
  for (const [body, message] of cases) assert.equal(await refused(foos, body), message);
});

test('a patch that makes another kind of an object is refused', async () => {
  const contentType = 'application/merge-patch+json';
  await server.ok('POST', foos, { apiVersion: 'ex.example.com/v1', kind: 'Foo', metadata: { name: 'p' } });
  const custom = await server.call('PATCH', `${foos}/p`, { body: { kind: 'Bar' }, contentType });
  assert.equal(custom.body['message'], 'Bar.ex.example.com "p" is invalid: kind: Invalid value: "Bar": must be Foo');
  await server.ok('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p' } });
  const builtin = await server.call('PATCH', `${configMaps}/p`, { body: { apiVersion: 'v2' }, contentType });
  assert.equal(builtin.status, 422);
  assert.ok(String(builtin.body['message']).endsWith(`no kind "ConfigMap" is registered for version "v2" ${table}`));
});

test('delete options of another kind are refused', async () => {
  const { status, body } = await server.call('DELETE', `${configMaps}/x`, { body: { apiVersion: 'v1', kind: 'Foo' } });
  assert.equal(status, 500);
  const where = 'in scheme "pkg/apis/meta/internalversion/scheme/register.go:27"';
  assert.equal(body['message'], `no kind "Foo" is registered for version "v1" ${where}`);
});

test('readApplied() takes nothing for an object of no kind, and refuses lists', async () => {
  const apply = async (body: string) => {
    const contentType = 'application/apply-patch+yaml';
    return (await server.call('PATCH', `${configMaps}/y?fieldManager=m`, { body, contentType })).body['message'];
  };
  assert.equal(await apply('null'), 'invalid object type: /, Kind=');
  assert.equal(
    await apply('[]'),
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of ' +
      'type map[string]interface {}',
  );
});

test('a body that is no YAML is refused in the words of Go', async () => {
  const send = (method: string, path: string, contentType: string) =>
    server.call(method, path, { body: 'a: b: c', contentType });
  const created = await send('POST', configMaps, 'application/yaml');
  const what = 'the object provided is unrecognized (must be of type ConfigMap)';
  const why = 'yaml: mapping values are not allowed in this context';
  assert.equal(created.body['message'], `${what}: ${why} (613a20623a2063)`);
  const applied = await send('PATCH', `${configMaps}/a?fieldManager=m`, 'application/apply-patch+yaml');
  assert.equal(applied.body['message'], `error decoding YAML: error converting YAML to JSON: ${why}`);
  assert.equal((await send('DELETE', `${configMaps}/a`, 'application/yaml')).body['message'], why);
});

test('parseBody() takes media types in any case, and none with parameters that are no parameters', async () => {
  const statusOf = async (contentType: string): Promise<number> =>
    (await server.call('POST', configMaps, { body: '{}', contentType })).status;
  for (const type of ['application/json;', 'Application/JSON; charset="utf-8"', 'application/json;a=b;c=d']) {
    assert.equal(await statusOf(type), 422, type);
  }
  for (const type of ['application/json; charset', 'application/json;;a=b', 'json', 'application/json, text/plain']) {
    assert.equal(await statusOf(type), 415, type);
  }
});
