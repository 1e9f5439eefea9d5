/** Admission webhooks: what the suite asks of mutating and validating ones, asked of a webhook server of the test's own. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import { serveWebhook, type Hooks } from '../../src/apiserver/testing/webhook.ts';
import { anything, define, definitionOf, definitionsPath } from './definitions.ts';

const registration = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const merge = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', account);
});
after(() => server.close());

type Type = 'mutating' | 'validating';
const collection = (type: Type): string => `${registration}/${type}webhookconfigurations`;

interface Hook {
  readonly path?: string;
  readonly resources?: readonly string[];
  readonly operations?: readonly string[];
  readonly group?: string;
  readonly rest?: JsonObject;
}

const matchOnly = (label: string): JsonObject => ({ objectSelector: { matchLabels: { hook: label } } });

function webhook(hooks: Hooks, { path = '/', resources, operations, group = '', rest = {} }: Hook): JsonObject {
  return {
    name: `${path.replace('/', '') || 'hook'}.example.com`,
    clientConfig: { url: `${hooks.url}${path}`, caBundle: hooks.caBundle },
    rules: [
      {
        operations: operations ?? ['CREATE'],
        apiGroups: [group],
        apiVersions: ['*'],
        resources: resources ?? ['configmaps'],
      },
    ],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
    ...rest,
  } as JsonObject;
}

/** Registers webhooks until the test ends; each test's webhooks look at objects with its own label only. */
async function register(context: TestContext, type: Type, ...webhooks: readonly JsonObject[]): Promise<string> {
  const name = `c-${randomUUID().slice(0, 8)}`;
  const labels = { suite: name };
  await server.ok('POST', collection(type), { metadata: { name, labels }, webhooks });
  context.after(async () => void (await server.call('DELETE', `${collection(type)}/${name}`)));
  return name;
}

const object = (label: string, name: string, data: JsonObject = {}): JsonObject => ({
  metadata: { name, labels: { hook: label } },
  data,
});

function jsonPatch(...operations: readonly object[]): object {
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
}
const denied = (message: string): object => ({ allowed: false, status: { message, reason: 'Because' } });
const dataOf = (request: object): JsonObject =>
  ((request as { object?: { data?: JsonObject } }).object?.data ?? {}) as JsonObject;

for (const type of ['mutating', 'validating'] as const) {
  test(`${type} webhooks are listed by label, count while they are there, and go by collection`, async (context) => {
    const answer =
      type === 'mutating' ? jsonPatch({ op: 'add', path: '/data/seen', value: 'yes' }) : denied('no such data');
    const hooks = await serveWebhook(context, () => answer);
    const label = `${type}-listed`;
    for (let index = 0; index < 3; index += 1) {
      const body = {
        metadata: { name: `${label}-${index}`, labels: { list: label } },
        webhooks: [webhook(hooks, { rest: matchOnly(label) })],
      };
      await server.ok('POST', collection(type), body);
    }
    const selected = `${collection(type)}?labelSelector=list%3D${label}`;
    assert.equal(((await server.ok('GET', selected))['items'] as readonly Json[]).length, 3);
    const create = await server.call('POST', configMaps, { body: object(label, `${label}-1`, { a: '1' }) });
    if (type === 'mutating') assert.equal(at(create.body, 'data.seen'), 'yes');
    else assert.match(create.text, /denied the request: no such data/);
    await server.ok('DELETE', selected);
    const after = await server.ok('POST', configMaps, object(label, `${label}-2`, { a: '1' }));
    assert.deepEqual(after['data'], { a: '1' });
  });

  test(`${type} webhooks follow updates and patches of their rules`, async (context) => {
    const answer = type === 'mutating' ? jsonPatch({ op: 'add', path: '/data/seen', value: 'yes' }) : denied('no');
    const hooks = await serveWebhook(context, () => answer);
    const label = `${type}-changed`;
    const path = `${collection(type)}/${await register(context, type, webhook(hooks, { rest: matchOnly(label) }))}`;
    const asked = async (name: string): Promise<boolean> => {
      const before = hooks.asked.length;
      await server.call('POST', configMaps, { body: object(label, `${label}-${name}`, { a: '1' }) });
      return hooks.asked.length > before;
    };
    assert.equal(await asked('a'), true);
    const current = await server.ok('GET', path);
    const webhooks = [webhook(hooks, { operations: ['UPDATE'], rest: matchOnly(label) })];
    await server.ok('PUT', path, { ...current, webhooks });
    assert.equal(await asked('b'), false);
    const operations = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }];
    await server.ok('PATCH', path, operations, 'application/json-patch+json');
    assert.equal(await asked('c'), true);
  });

  test(`${type} webhooks with match conditions are asked about what meets them, broken ones are refused`, async (context) => {
    const hooks = await serveWebhook(context, () => denied('met'));
    const label = `${type}-conditions`;
    const conditioned = (expression: string): JsonObject =>
      webhook(hooks, { rest: { ...matchOnly(label), matchConditions: [{ name: 'a.example.com', expression }] } });
    const path = `${collection(type)}/${await register(context, type, conditioned("object.metadata.name == 'never'"))}`;
    await server.ok('POST', configMaps, object(label, `${label}-a`));
    const current = await server.ok('GET', path);
    await server.ok('PUT', path, { ...current, webhooks: [conditioned("object.metadata.name != 'skip-me'")] });
    assert.match((await server.call('POST', configMaps, { body: object(label, `${label}-b`) })).text, /met/);
    await server.ok('POST', configMaps, object(label, 'skip-me'));
    await server.ok('DELETE', `${configMaps}/skip-me`);
    const broken = { metadata: { name: `${label}-broken` }, webhooks: [conditioned('... [] bad expression')] };
    const refused = await server.call('POST', collection(type), { body: broken });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /compilation failed/);
  });
}

test('validating webhooks deny pods and configmaps, on create, update and patch; a namespace may be spared', async (context) => {
  const hooks = await serveWebhook(context, (request) =>
    dataOf(request)['bad'] === 'yes' || (request as unknown as { kind: { kind: string } }).kind.kind === 'Pod'
      ? denied('unwanted')
      : { allowed: true },
  );
  const label = 'deny';
  const rest = {
    ...matchOnly(label),
    namespaceSelector: { matchExpressions: [{ key: 'spared', operator: 'DoesNotExist' }] },
  };
  await register(
    context,
    'validating',
    webhook(hooks, {
      resources: ['pods', 'configmaps'],
      operations: ['CREATE', 'UPDATE'],
      rest: rest as unknown as JsonObject,
    }),
  );
  const pod = {
    metadata: { name: 'deny', labels: { hook: label } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  const answer = await server.call('POST', '/api/v1/namespaces/default/pods', { body: pod });
  assert.match(answer.text, /admission webhook \\"hook.example.com\\" denied the request: unwanted/);
  assert.equal((await server.call('POST', configMaps, { body: object(label, 'deny-a', { bad: 'yes' }) })).status, 400);
  const made = await server.ok('POST', configMaps, object(label, 'deny-b', { a: '1' }));
  assert.match(
    (await server.call('PUT', `${configMaps}/deny-b`, { body: { ...made, data: { bad: 'yes' } } })).text,
    /unwanted/,
  );
  const patch = await server.call('PATCH', `${configMaps}/deny-b`, {
    body: { data: { bad: 'yes' } },
    contentType: merge,
  });
  assert.match(patch.text, /unwanted/);
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'spared', labels: { spared: 'yes' } } });
  await server.ok('POST', '/api/v1/namespaces/spared/configmaps', object(label, 'a', { bad: 'yes' }));
});

test('validating webhooks deny to attach to a pod', async (context) => {
  const hooks = await serveWebhook(context, () => denied('no attaching'));
  await register(context, 'validating', webhook(hooks, { resources: ['pods/attach'], operations: ['CONNECT'] }));
  const pods = '/api/v1/namespaces/default/pods';
  await server.ok('POST', pods, { metadata: { name: 'attach' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  const answer = await server.call('POST', `${pods}/attach/attach?stdin=true`);
  assert.match(answer.text, /denied the request: no attaching/);
});

test('a webhook that cannot be reached refuses when its failure policy is Fail', async (context) => {
  const hooks = await serveWebhook(context, () => 500);
  await register(context, 'validating', webhook(hooks, { rest: { ...matchOnly('closed'), failurePolicy: 'Fail' } }));
  const refused = await server.call('POST', configMaps, { body: object('closed', 'closed') });
  assert.equal(refused.status, 500);
  assert.match(refused.text, /failed calling webhook/);
});

test('mutating webhooks work in order, and their result is defaulted', async (context) => {
  const hooks = await serveWebhook(context, (request, path) => {
    if (path === '/pod') {
      const added = { name: 'added', image: 'added' };
      return jsonPatch({ op: 'add', path: '/spec/initContainers', value: [added] });
    }
    return jsonPatch({ op: 'add', path: `/data${path}`, value: String(Object.keys(dataOf(request)).length) });
  });
  const rest = matchOnly('mutate');
  await register(
    context,
    'mutating',
    webhook(hooks, { path: '/one', rest }),
    webhook(hooks, { path: '/two', rest }),
    webhook(hooks, { path: '/pod', resources: ['pods'], rest }),
  );
  const made = await server.ok('POST', configMaps, object('mutate', 'mutate', { a: '1' }));
  assert.deepEqual(made['data'], { a: '1', one: '1', two: '2' });
  const pod = {
    metadata: { name: 'mutate', labels: { hook: 'mutate' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  const created = await server.ok('POST', '/api/v1/namespaces/default/pods', pod);
  const [added] = at(created, 'spec.initContainers') as readonly JsonObject[];
  assert.equal(added?.['name'], 'added');
  assert.equal(added['terminationMessagePolicy'], 'File');
  assert.equal(added['imagePullPolicy'], 'Always');
});

test('webhooks are not asked about the configurations of webhooks', async (context) => {
  const hooks = await serveWebhook(context, () => denied('never'));
  const group = 'admissionregistration.k8s.io';
  const all = webhook(hooks, { group, resources: ['*'], operations: ['*'] });
  await register(context, 'validating', all);
  await register(context, 'mutating', all);
  const name = await register(context, 'validating', webhook(hooks, { rest: matchOnly('nothing') }));
  await server.ok('DELETE', `${collection('validating')}/${name}`);
  assert.deepEqual(hooks.asked, []);
});

test('webhooks deny custom objects and definitions; mutations of custom objects are pruned', async (context) => {
  const group = 'hooked.example.com';
  const schema = {
    type: 'object',
    properties: { data: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } } },
  };
  const pruned = await define(server, {
    group,
    versions: [
      { name: 'v1', schema },
      { name: 'v2', schema },
    ],
  });
  const free = await define(server, { group: 'free.hooked.example.com', versions: [{ name: 'v1', schema: anything }] });
  const hooks = await serveWebhook(context, (request, path) => {
    const { operation } = request as unknown as { operation: string };
    if (path === '/definitions') return denied('no such definitions');
    if (path === '/deny')
      return operation === 'DELETE' || dataOf(request)['a'] === 'bad' ? denied('bad object') : { allowed: true };
    return jsonPatch({ op: 'add', path: '/data/b', value: 'b' }, { op: 'add', path: '/data/c', value: 'c' });
  });
  const resources = ['foos'];
  const label = 'custom';
  await register(
    context,
    'mutating',
    webhook(hooks, {
      path: '/mutate',
      group: '*',
      resources,
      operations: ['CREATE', 'UPDATE'],
      rest: matchOnly(label),
    }),
  );
  const foo = (path: string, name: string, a: string): JsonObject => {
    const [, , of, version] = path.split('/');
    return {
      apiVersion: `${of ?? ''}/${version ?? ''}`,
      kind: 'Foo',
      metadata: { name, labels: { hook: label } },
      data: { a },
    } as JsonObject;
  };
  assert.deepEqual((await server.ok('POST', pruned, foo(pruned, 'a', '1')))['data'], { a: '1', b: 'b' });
  assert.deepEqual((await server.ok('POST', free, foo(free, 'a', '1')))['data'], { a: '1', b: 'b', c: 'c' });
  const versions = [
    { op: 'replace', path: '/spec/versions/0/storage', value: false },
    { op: 'replace', path: '/spec/versions/1/storage', value: true },
  ];
  await server.ok('PATCH', `${definitionsPath}/foos.${group}`, versions, 'application/json-patch+json');
  const patched = await server.ok('PATCH', `${pruned}/a`, { data: { a: '2' } }, merge);
  assert.deepEqual(patched['data'], { a: '2', b: 'b' });
  await register(
    context,
    'validating',
    webhook(hooks, {
      path: '/deny',
      group: '*',
      resources,
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      rest: matchOnly(label),
    }),
  );
  assert.match((await server.call('POST', free, { body: foo(free, 'b', 'bad') })).text, /bad object/);
  assert.match(
    (await server.call('PATCH', `${free}/a`, { body: { data: { a: 'bad' } }, contentType: merge })).text,
    /bad object/,
  );
  assert.match((await server.call('DELETE', `${free}/a`)).text, /bad object/);
  const definitions = {
    path: '/definitions',
    group: 'apiextensions.k8s.io',
    resources: ['customresourcedefinitions'],
    rest: matchOnly(label),
  };
  await register(context, 'validating', webhook(hooks, definitions));
  const body = definitionOf({ group: 'denied.example.com', versions: [{ name: 'v1' }], labels: { hook: label } });
  assert.match((await server.call('POST', definitionsPath, { body })).text, /no such definitions/);
});

/** A webhook that takes connections and never answers. */
async function serveLate(context: TestContext): Promise<Hooks> {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, caBundle: '', asked: [] };
}

test('a webhook that is late counts as failed after its own time: refused, or passed over', async (context) => {
  const hooks = await serveLate(context);
  const rest = (failurePolicy: string, timeoutSeconds: number): JsonObject => ({
    ...matchOnly(`late-${failurePolicy}`),
    failurePolicy,
    timeoutSeconds,
  });
  await register(context, 'validating', webhook(hooks, { rest: rest('Fail', 1) }));
  await register(context, 'validating', webhook(hooks, { rest: rest('Ignore', 1) }));
  const [refused, passed] = await Promise.all(
    ['Fail', 'Ignore'].map((policy) =>
      server.call('POST', configMaps, { body: object(`late-${policy}`, `late-${policy.toLowerCase()}`) }),
    ),
  );
  assert.match(refused?.text ?? '', /context deadline exceeded/);
  assert.equal(passed?.status, 201);
  const current = {
    metadata: { name: 'defaulted' },
    webhooks: [{ ...webhook(hooks, { rest: matchOnly('none') }), timeoutSeconds: null }],
  };
  const made = await server.ok('POST', collection('validating'), current as unknown as Json);
  context.after(() => server.ok('DELETE', `${collection('validating')}/defaulted`));
  assert.equal((made['webhooks'] as readonly JsonObject[])[0]?.['timeoutSeconds'], 10);
});

test('discovery has the resources of webhooks', async () => {
  assert.ok(
    ((await server.ok('GET', '/apis'))['groups'] as readonly JsonObject[]).some(
      (group) => group['name'] === 'admissionregistration.k8s.io',
    ),
  );
  const names = ((await server.ok('GET', registration))['resources'] as readonly JsonObject[]).map(
    (one) => one['name'],
  );
  assert.ok(names.includes('mutatingwebhookconfigurations') && names.includes('validatingwebhookconfigurations'));
});
