import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { CustomResourceDefinitions } from '../../api/resources.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { createCertificate, createPrivateKeyPem } from '../../base/certificate.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { isApiError } from '../../api/api-error.ts';
import { StoreError, type Store } from '../../store/store.ts';
import { startApiServer, type ApiServer } from '../api-server.ts';
import type { Answer } from '../request.ts';
import { readRequestInfo } from '../request-info.ts';

let store: Store;
let server: ApiServer;

before(async () => {
  store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  server = await start();
});

after(async () => {
  await server.close();
  await store.close();
});

function start(): Promise<ApiServer> {
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
  const serving = createCertificate({ commonName: 'test', usage: 'server', hosts: ['127.0.0.1'], ...validity });
  return startApiServer({
    store,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    bindAddress: '127.0.0.1',
    securePort: 0,
    serving: { certificate: () => ({ cert: serving.certificate, key: serving.key }) },
    authentication: { serviceAccounts: { signingKey: createPrivateKeyPem() } },
    serviceClusterIpRange: '10.96.0.0/16',
  });
}

async function ask(method: string, path: string, body?: Json): Promise<JsonObject> {
  const query = new URLSearchParams();
  const answer = await server.handle({
    info: readRequestInfo(method, path, query),
    method,
    query,
    user: { name: 'admin', groups: ['system:masters'] },
    userAgent: 'test',
    accept: 'application/json',
    contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    body: body === undefined ? { type: 'none' } : { type: 'value', value: body },
    lifetime: { signal: AbortSignal.timeout(10_000) },
    warn: () => {},
  });
  return objectOf(answer);
}

function objectOf(answer: Answer): JsonObject {
  if (answer.type === 'entry') {
    const { conversion } = answer.served;
    return (conversion?.toServed(answer.entry.object) ?? answer.entry.object) as unknown as JsonObject;
  }
  if (answer.type === 'object') return answer.object;
  return answer.type === 'raw' ? { status: answer.status } : {};
}

const definitions = `/apis/${CustomResourceDefinitions.apiVersion}/customresourcedefinitions`;

interface Widgets {
  readonly name: string;
  readonly path: string;
  readonly apiVersion: string;
}

/** A definition in a group of its own, established. */
async function define(
  spec: JsonObject = { a: { type: 'string' }, b: { type: 'string', default: 'dd' } },
): Promise<Widgets> {
  const group = `g${randomUUID().slice(0, 8)}.example.com`;
  const name = `widgets.${group}`;
  await ask('POST', definitions, {
    metadata: { name },
    spec: { group, scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [versionWith(spec)] },
  });
  await until(async () => JSON.stringify(await ask('GET', `${definitions}/${name}`)).includes('InitialNamesAccepted'));
  return { name, path: `/apis/${group}/v1/namespaces/default/widgets`, apiVersion: `${group}/v1` };
}

function versionWith(properties: JsonObject): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  return { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } };
}

/** Bounded by a deadline. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'it did not come to pass in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const isGone = (path: string): Promise<boolean> =>
  ask('GET', path).then(
    ({ status }) => status === 404,
    (error: unknown) => isApiError(error, 'NotFound'),
  );

test('CustomResources serves what a definition declares: pruned, defaulted, validated', async () => {
  const { path, apiVersion } = await define();
  const made = await ask('POST', path, {
    apiVersion,
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { a: 'x', unknown: 1 },
  });
  assert.deepEqual(made['spec'], { a: 'x', b: 'dd' });
  const wrong = { apiVersion, kind: 'Widget', metadata: { name: 'b' }, spec: { a: 1 } };
  await assert.rejects(ask('POST', path, wrong), (error) => isApiError(error, 'Invalid'));
  const patched = await ask('PATCH', `${path}/a`, { spec: { a: 'y' } });
  assert.equal((patched['metadata'] as JsonObject)['generation'], 2);
});

test('CustomResources reads stored objects by the schema of today', async () => {
  const { name, path, apiVersion } = await define({ a: { type: 'string' } });
  await ask('POST', path, { apiVersion, kind: 'Widget', metadata: { name: 'a' }, spec: { a: 'x' } });
  const versions = [versionWith({ a: { type: 'string' }, late: { type: 'string', default: 'new' } })];
  await ask('PATCH', `${definitions}/${name}`, { spec: { versions } });
  assert.deepEqual((await ask('GET', `${path}/a`))['spec'], { a: 'x', late: 'new' });
});

test('CustomResources keeps a deleted definition until its objects are gone', async () => {
  const { name, path, apiVersion } = await define();
  const metadata = { name: 'held', finalizers: ['example.com/hold'] };
  await ask('POST', path, { apiVersion, kind: 'Widget', metadata, spec: {} });
  await ask('DELETE', `${definitions}/${name}`);
  await until(async () => 'deletionTimestamp' in ((await ask('GET', `${path}/held`))['metadata'] as JsonObject));
  const another = { apiVersion, kind: 'Widget', metadata: { name: 'more' }, spec: {} };
  await assert.rejects(ask('POST', path, another), (error) => isApiError(error, 'Forbidden'));
  await ask('PATCH', `${path}/held`, { metadata: { finalizers: null } });
  await until(() => isGone(`${definitions}/${name}`));
  assert.equal(await isGone(path), true);
});

test('CustomResources serves again after a restart', async () => {
  const { path, apiVersion } = await define();
  await ask('POST', path, { apiVersion, kind: 'Widget', metadata: { name: 'kept' }, spec: { a: 'x' } });
  await server.close();
  server = await start();
  assert.deepEqual((await ask('GET', `${path}/kept`))['spec'], { a: 'x', b: 'dd' });
});

test('a definition whose status could not be written is tried again', async () => {
  const whole = store;
  let failures = 0;
  const failing = new Proxy(whole, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'transact') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return (...given: Parameters<Store['transact']>): ReturnType<Store['transact']> => {
        const [conditions] = given;
        // The definition itself is written, its status at first is not.
        const isStatus = conditions.some(({ key, modRevision }) => key.includes('/gadgets.') && modRevision > 0);
        if (isStatus && failures++ === 0) return Promise.reject(new StoreError('unavailable', 'the store is away'));
        return target.transact(...given);
      };
    },
  });
  await server.close();
  store = failing;
  server = await start();
  store = whole;
  const name = 'gadgets.tried.example.com';
  const names = { plural: 'gadgets', kind: 'Gadget' };
  await ask('POST', definitions, {
    metadata: { name },
    spec: { group: 'tried.example.com', scope: 'Namespaced', names, versions: [versionWith({})] },
  });
  await until(async () => JSON.stringify(await ask('GET', `${definitions}/${name}`)).includes('InitialNamesAccepted'));
  assert.ok(failures > 1);
});
