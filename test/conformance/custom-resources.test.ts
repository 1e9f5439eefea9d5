/** CustomResourceDefinition: objects, status, watch, defaulting, discovery, field selectors, and the OpenAPI that they publish. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import { anything, define, definitionOf, definitionsPath, until, type Definition } from './definitions.ts';

const merge = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const v1 = { name: 'v1' };
const object = (group: string, name: string, rest: JsonObject = {}, version = 'v1'): JsonObject => ({
  apiVersion: `${group}/${version}`,
  kind: 'Foo',
  metadata: { name },
  ...rest,
});
const names = (list: JsonObject): readonly Json[] =>
  (list['items'] as readonly JsonObject[]).map((item) => at(item, 'metadata.name') ?? '');

test('definitions are created, listed by label, deleted one by one and by collection', async () => {
  for (const group of ['a.lists.example.com', 'b.lists.example.com']) {
    await define(server, { group, versions: [v1], labels: { run: 'lists' } });
  }
  const selected = `${definitionsPath}?labelSelector=run%3Dlists`;
  assert.equal(names(await server.ok('GET', selected)).length, 2);
  await server.ok('DELETE', `${definitionsPath}/foos.a.lists.example.com`);
  await until(async () => names(await server.ok('GET', selected)).length === 1, 'one definition is left');
  await server.ok('DELETE', selected);
  await until(async () => names(await server.ok('GET', selected)).length === 0, 'no definition is left');
});

test('the status of a definition is read, updated and patched as a subresource', async () => {
  await define(server, { group: 'status.example.com', versions: [v1] });
  const path = `${definitionsPath}/foos.status.example.com`;
  const condition = { type: 'StatusUpdate', status: 'True', reason: 'Test', message: 'm' };
  await until(async () => {
    const current = await server.ok('GET', `${path}/status`);
    const conditions = [...(at(current, 'status.conditions') as readonly Json[]), condition];
    const answer = await server.call('PUT', `${path}/status`, {
      body: { ...current, status: { ...(current['status'] as JsonObject), conditions } },
    });
    return answer.status === 200;
  }, 'the status is updated');
  const types = (of: JsonObject): readonly Json[] =>
    (at(of, 'status.conditions') as readonly JsonObject[]).map((one) => one['type'] ?? '');
  assert.ok(types(await server.ok('GET', path)).includes('StatusUpdate'));
  const add = [{ op: 'add', path: '/status/conditions/-', value: { ...condition, type: 'StatusPatched' } }];
  assert.ok(types(await server.ok('PATCH', `${path}/status`, add, jsonPatch)).includes('StatusPatched'));
});

test('watches tell of custom objects, of all and of one by name', async () => {
  const group = 'watch.example.com';
  const path = await define(server, { group, versions: [v1] });
  const all = await server.watch(`${path}?watch=true`);
  const one = await server.watch(`${path}?watch=true&fieldSelector=metadata.name%3Db`);
  for (const name of ['a', 'b']) await server.ok('POST', path, object(group, name));
  await server.ok('PATCH', `${path}/b`, { spec: { a: 1 } }, merge);
  for (const name of ['a', 'b']) await server.ok('DELETE', `${path}/${name}`);
  const told = (await all.events(5)).map((event) => `${event.type} ${String(at(event.object, 'metadata.name'))}`);
  assert.deepEqual(told, ['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a', 'DELETED b']);
  assert.deepEqual(
    (await one.events(3)).map((event) => event.type),
    ['ADDED', 'MODIFIED', 'DELETED'],
  );
  await Promise.all([all.stop(), one.stop()]);
});

test('defaults are filled into requests and into what was stored before they were declared', async () => {
  const group = 'defaults.example.com';
  const path = await define(server, { group, versions: [v1] });
  const old = await server.ok('POST', path, object(group, 'old'));
  assert.equal('a' in old, false);
  const definition = `${definitionsPath}/foos.${group}`;
  const setDefaults = (properties: Json): Promise<JsonObject> =>
    server.ok(
      'PATCH',
      definition,
      [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties', value: properties }],
      jsonPatch,
    );
  await setDefaults({ a: { type: 'string', default: 'A' }, b: { type: 'string' } });
  await until(async () => (await server.ok('GET', `${path}/old`))['a'] === 'A', 'stored objects have the default');
  const fresh = await server.ok('POST', path, object(group, 'fresh'));
  assert.deepEqual([fresh['a'], fresh['b']], ['A', undefined]);
  await setDefaults({ a: { type: 'string' }, b: { type: 'string', default: 'B' } });
  await until(async () => (await server.ok('GET', `${path}/fresh`))['b'] === 'B', 'the new default counts');
  assert.equal((await server.ok('GET', `${path}/fresh`))['a'], 'A');
  assert.equal('a' in (await server.ok('GET', `${path}/old`)), false);
});

test('discovery has the group of definitions and what they define', async () => {
  const groups = (await server.ok('GET', '/apis'))['groups'] as readonly JsonObject[];
  const extensions = groups.find((group) => group['name'] === 'apiextensions.k8s.io');
  assert.equal(at(extensions?.['preferredVersion'], 'groupVersion'), 'apiextensions.k8s.io/v1');
  const single = await server.ok('GET', '/apis/apiextensions.k8s.io');
  assert.ok((single['versions'] as readonly JsonObject[]).some((version) => version['version'] === 'v1'));
  const { resources } = await server.ok('GET', '/apis/apiextensions.k8s.io/v1');
  assert.ok((resources as readonly JsonObject[]).some((one) => one['name'] === 'customresourcedefinitions'));
  await define(server, { group: 'found.example.com', versions: [v1, { name: 'v2beta1' }] });
  await until(async () => (await server.call('GET', '/apis/found.example.com')).status === 200, 'found');
  const found = await server.ok('GET', '/apis/found.example.com');
  assert.equal(at(found, 'preferredVersion.version'), 'v1');
});

test('aggregated discovery holds custom resources, with their verbs and their scope', async () => {
  await define(server, { group: 'all.example.com', versions: [v1] });
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const find = async (): Promise<JsonObject | undefined> => {
    const { body } = await server.call('GET', '/apis', { accept });
    assert.equal(body['kind'], 'APIGroupDiscoveryList');
    return (body['items'] as readonly JsonObject[]).find((one) => at(one, 'metadata.name') === 'all.example.com');
  };
  await until(async () => (await find()) !== undefined, 'the group is in the aggregated discovery');
  const versions = (await find())?.['versions'] as readonly JsonObject[];
  const [resource] = (versions[0]?.['resources'] ?? []) as readonly JsonObject[];
  assert.equal(resource?.['resource'], 'foos');
  assert.equal(resource?.['scope'], 'Namespaced');
  assert.ok(((resource?.['verbs'] ?? []) as readonly Json[]).includes('watch'));
});

test('field selectors choose in lists and in watches, each version by its own fields', async () => {
  const group = 'fields.example.com';
  const text = { type: 'string' };
  const schema = { type: 'object', properties: { hostPort: text, host: text, port: text } };
  const selectableFields = (...paths: readonly string[]): Json => paths.map((jsonPath) => ({ jsonPath }));
  const path = await define(server, {
    group,
    versions: [
      { name: 'v1', schema, selectableFields: selectableFields('.host', '.port') },
      { name: 'v2', schema: { ...schema, description: 'Of its own' }, selectableFields: selectableFields('.hostPort') },
    ],
  });
  const selected = `${path}?fieldSelector=host%3Dhost1,port%3D80`;
  const watch = await server.watch(`${path}?watch=true&fieldSelector=host%3Dhost1,port%3D80`);
  await server.ok('POST', path, object(group, 'a', { host: 'host1', port: '80', hostPort: 'host1:80' }));
  await server.ok('POST', path, object(group, 'b', { host: 'host1', port: '8080', hostPort: 'host1:8080' }));
  assert.deepEqual(names(await server.ok('GET', selected)), ['a']);
  const other = path.replace('/v1/', '/v2/');
  assert.deepEqual(names(await server.ok('GET', `${other}?fieldSelector=hostPort%3Dhost1:8080`)), ['b']);
  assert.equal((await server.call('GET', `${path}?fieldSelector=hostPort%3Dx`)).status, 400);
  await server.ok('PATCH', `${path}/b`, { port: '80' }, merge);
  await server.ok('PATCH', `${path}/a`, { port: '81' }, merge);
  const told = (await watch.events(3)).map((event) => `${event.type} ${String(at(event.object, 'metadata.name'))}`);
  assert.deepEqual(told, ['ADDED a', 'ADDED b', 'DELETED a']);
  await watch.stop();
});

type Published = JsonObject | undefined;

/** What /openapi/v2 says of a kind of a group and version. */
async function published(group: string, version: string, kind = 'Foo'): Promise<Published> {
  const { definitions } = await server.ok('GET', '/openapi/v2');
  const key = `${group.split('.').toReversed().join('.')}.${version}.${kind}`;
  return (definitions as JsonObject)[key] as Published;
}

async function publishes(definition: Definition): Promise<readonly JsonObject[]> {
  await define(server, definition);
  const { group, kind = 'Foo', versions } = definition;
  const found: JsonObject[] = [];
  for (const { name } of versions) {
    await until(async () => (await published(group, name, kind)) !== undefined, `${kind} of ${group}/${name}`);
    found.push((await published(group, name, kind)) ?? {});
  }
  return found;
}

const validating = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'Specification of Foo',
      properties: {
        bars: {
          type: 'array',
          description: 'List of Bars and their specs.',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, age: { type: 'integer' } },
          },
        },
      },
    },
  },
};

test('OpenAPI has the schema of a definition, with kind and metadata as everywhere', async () => {
  const [found = {}] = await publishes({ group: 'schema.example.com', versions: [{ ...v1, schema: validating }] });
  assert.deepEqual(at(found, 'properties.spec'), validating.properties.spec);
  assert.equal(at(found, 'properties.kind.type'), 'string');
  assert.equal(
    at(found, 'properties.metadata.$ref') ?? 'allOf',
    '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  );
  assert.deepEqual(found['x-kubernetes-group-version-kind'], [
    { group: 'schema.example.com', kind: 'Foo', version: 'v1' },
  ]);
  const third = await server.ok('GET', '/openapi/v3/apis/schema.example.com/v1');
  const schemas = at(third, 'components.schemas') as JsonObject;
  assert.ok('com.example.schema.v1.Foo' in schemas, Object.keys(schemas).join(' '));
});

test('OpenAPI keeps no properties of what preserves unknown fields at its root, and marks it inside', async () => {
  const [root = {}] = await publishes({ group: 'root.example.com', versions: [{ ...v1, schema: anything }] });
  assert.equal(root['x-kubernetes-preserve-unknown-fields'], true);
  const embedded = { type: 'object', properties: { spec: anything } };
  const [inner = {}] = await publishes({ group: 'inner.example.com', versions: [{ ...v1, schema: embedded }] });
  assert.equal(at(inner, 'properties.spec.x-kubernetes-preserve-unknown-fields'), true);
  const [empty = {}] = await publishes({
    group: 'empty.example.com',
    versions: [{ ...v1, schema: { type: 'object' } }],
  });
  assert.equal(empty['type'], 'object');
});

test('OpenAPI keeps apart groups, versions and kinds', async () => {
  await publishes({ group: 'one.example.com', versions: [{ ...v1, schema: validating }] });
  await publishes({ group: 'two.example.com', versions: [{ ...v1, schema: validating }, { name: 'v2' }] });
  await publishes({ group: 'two.example.com', kind: 'Bar', versions: [{ ...v1, schema: validating }] });
  for (const [group, version, kind] of [
    ['one', 'v1', 'Foo'],
    ['two', 'v1', 'Foo'],
    ['two', 'v2', 'Foo'],
    ['two', 'v1', 'Bar'],
  ] as const) {
    assert.ok(await published(`${group}.example.com`, version, kind), `${group} ${version} ${kind}`);
  }
});

test('OpenAPI follows a version that is renamed, and one that is served no more', async () => {
  const group = 'moving.example.com';
  await publishes({
    group,
    versions: [
      { ...v1, schema: validating },
      { name: 'v2', schema: validating },
    ],
  });
  const path = `${definitionsPath}/foos.${group}`;
  await server.ok('PATCH', path, [{ op: 'replace', path: '/spec/versions/1/name', value: 'v4' }], jsonPatch);
  await until(async () => (await published(group, 'v4')) !== undefined, 'the new name is published');
  assert.equal(await published(group, 'v2'), undefined);
  assert.ok(await published(group, 'v1'));
  await server.ok('PATCH', path, [{ op: 'replace', path: '/spec/versions/1/served', value: false }], jsonPatch);
  await until(async () => (await published(group, 'v4')) === undefined, 'what is not served is not published');
  assert.ok(await published(group, 'v1'));
});

test('a definition of the same name is taken, and one that is no definition refused', async () => {
  const definition = definitionOf({ group: 'taken.example.com', versions: [v1] });
  await server.ok('POST', definitionsPath, definition);
  assert.equal((await server.call('POST', definitionsPath, { body: definition })).status, 409);
  const wrong = { ...definition, metadata: { name: 'other.taken.example.com' } };
  assert.equal((await server.call('POST', definitionsPath, { body: wrong })).status, 422);
});
