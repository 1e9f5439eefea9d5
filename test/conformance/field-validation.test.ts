/** Server-side field validation: what is unknown or twice is refused, told or passed over, in built-in and in custom objects. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type CallResult, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import { anything, define } from './definitions.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const apply = 'application/apply-patch+yaml';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const strict = (path: string, body: string): Promise<CallResult> =>
  server.call('POST', `${path}?fieldValidation=Strict`, { body });
const applied = (path: string, name: string, body: string): Promise<CallResult> =>
  server.call('PATCH', `${path}/${name}?fieldManager=test&fieldValidation=Strict`, { body, contentType: apply });

/** JSON text, so that a field can be in it twice. */
const deployment = (name: string, metadata = '', spec = '', template = ''): string => `{
  "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "${name}"${metadata}},
  "spec": {"selector": {"matchLabels": {"app": "a"}}, ${spec}
    "template": {"metadata": {"labels": {"app": "a"}${template}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}`;

const foo = (group: string, name: string, spec: string, metadata = ''): string =>
  `{"apiVersion": "${group}/v1", "kind": "Foo", "metadata": {"name": "${name}"${metadata}}, "spec": ${spec}}`;

test('a typed object: unknown and doubled fields are named together', async () => {
  const body = deployment('typed', '', '"unknownField": "a", "replicas": 1, "replicas": 2,');
  const refused = await strict(deployments, body);
  assert.equal(refused.status, 400);
  assert.match(
    refused.text,
    /strict decoding error: unknown field \\"spec.unknownField\\", duplicate field \\"spec.replicas\\"/,
  );
  const warned = await server.call('POST', `${deployments}?fieldValidation=Warn`, { body });
  assert.equal(warned.status, 201);
  assert.deepEqual(warned.warnings, ['unknown field "spec.unknownField"', 'duplicate field "spec.replicas"']);
  const ignored = await server.call('PUT', `${deployments}/typed?fieldValidation=Ignore`, { body });
  assert.equal(ignored.status, 200);
  assert.deepEqual(ignored.warnings, []);
});

test('a typed object: unknown fields of its metadata, and of that inside', async () => {
  const root = await strict(deployments, deployment('meta', ', "unknownMeta": "a"'));
  assert.equal(root.status, 400);
  assert.match(root.text, /unknown field \\"metadata.unknownMeta\\"/);
  const inside = await strict(deployments, deployment('meta', '', '', ', "unknownMeta": "a"'));
  assert.equal(inside.status, 400);
  assert.match(inside.text, /unknown field \\"spec.template.metadata.unknownMeta\\"/);
});

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
        ports: {
          type: 'array',
          'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
          'x-kubernetes-list-type': 'map',
          items: {
            type: 'object',
            required: ['containerPort', 'protocol'],
            properties: {
              containerPort: { type: 'integer', format: 'int32' },
              hostPort: { type: 'integer', format: 'int32' },
              protocol: { type: 'string' },
            },
          },
        },
      },
    },
  },
};
const fits = '{"cronSpec": "* * * * */5", "ports": [{"containerPort": 8080, "hostPort": 8082, "protocol": "TCP"}]}';

test('a custom object that fits its schema is created and applied', async () => {
  const path = await define(server, { group: 'fits.example.com', versions: [{ name: 'v1', schema }] });
  assert.equal((await strict(path, foo('fits.example.com', 'a', fits))).status, 201);
  assert.equal((await applied(path, 'b', foo('fits.example.com', 'b', fits))).status, 201);
});

test('a custom object with more than its schema has is refused, and pruned where it may', async () => {
  const group = 'extra.example.com';
  const path = await define(server, { group, versions: [{ name: 'v1', schema }] });
  const body = foo(group, 'a', fits.replace('{"cronSpec"', '{"unknown": "x", "cronSpec"'));
  for (const refused of [await strict(path, body), await applied(path, 'a', body)]) {
    assert.ok(refused.status >= 400, refused.text);
    assert.match(refused.text, /\.spec\.unknown: field not declared in schema|unknown field \\"spec.unknown\\"/);
  }
  const invalid = await strict(path, foo(group, 'a', '{"cronSpec": "no"}'));
  assert.equal(invalid.status, 422, invalid.text);
});

test('a custom object without a schema takes any field, but none twice', async () => {
  const group = 'free.example.com';
  const path = await define(server, { group, versions: [{ name: 'v1', schema: anything }] });
  assert.equal((await strict(path, foo(group, 'a', '{"any": 1, "more": {"x": []}}'))).status, 201);
  assert.equal((await applied(path, 'b', foo(group, 'b', '{"any": 1}'))).status, 201);
  const twice = await strict(path, foo(group, 'c', '{"any": 1, "any": 2}'));
  assert.equal(twice.status, 400);
  assert.match(twice.text, /duplicate field \\"spec.any\\"/);
});

test('a custom object: unknown fields of its metadata, and of an object embedded in it', async () => {
  const group = 'embedded.example.com';
  const template = { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: anything } };
  const embedding = { type: 'object', properties: { spec: { type: 'object', properties: { template } } } };
  const path = await define(server, { group, versions: [{ name: 'v1', schema: embedding }] });
  const inside = '{"apiVersion": "v1", "kind": "A", "metadata": {"name": "in", "unknownInner": 1}, "spec": {}}';
  const refused = await strict(path, foo(group, 'a', `{"template": ${inside}}`, ', "unknownOuter": 1'));
  assert.equal(refused.status, 400, refused.text);
  assert.match(refused.text, /unknown field \\"metadata.unknownOuter\\"/);
  assert.match(refused.text, /unknown field \\"spec.template.metadata.unknownInner\\"/);
});
