import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { Secrets } from '../../api/resources.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { Registry } from '../../base/metrics.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import type { Store } from '../../store/store.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { aesCbc, aesGcm, secretbox, seededGcm } from './ciphers.ts';
import { parseConfiguration } from './configuration.ts';
import { encryptedStore } from './encrypted-store.ts';
import { Encryption } from './encryption.ts';
import { createEncryptionMetrics } from '../metrics/encryption-metrics.ts';
import { KmsProvider } from './kms.ts';
import { startKmsPlugin } from './testing/kms-plugin.ts';
import type { Decrypted, Transformer } from './transformer.ts';

const base64 = (byte: number, length = 32): string => Buffer.alloc(length, byte).toString('base64');

const configuration = (providers: string, resources = 'secrets'): string => `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [${JSON.stringify(resources)}]
  providers:
${providers}
`;

const keys = (type: string, ...named: readonly (readonly [string, number])[]): string =>
  `  - ${type}:\n      keys:\n${named.map(([name, byte]) => `      - {name: ${name}, secret: ${base64(byte)}}\n`).join('')}`;

const plainText = '  - identity: {}\n';

const registry = new Registry();
const metrics = createEncryptionMetrics(registry);

let directory: string;
let path: string;
let raw: Store;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-encryption-'));
  path = join(directory, 'encryption.yaml');
});
after(() => rm(directory, { recursive: true, force: true }));
beforeEach(async () => {
  raw = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
});

afterEach(() => raw.close());

/** A server with this configuration on the store of the test. */
async function withServer(providers: string | undefined, use: (server: TestServer) => Promise<void>): Promise<void> {
  if (providers !== undefined) await writeFile(path, providers);
  const encryption = providers === undefined ? {} : { encryption: { path, reload: false } };
  const server = await startTestServer({ store: raw, ...encryption });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const secrets = '/api/v1/namespaces/default/secrets';
const keyOfA = '/registry/secrets/default/a';
const secretA = { metadata: { name: 'a' }, stringData: { password: 'hunter2' } };

async function stored(key: string): Promise<Buffer> {
  return Buffer.from((await raw.range(key)).entries[0]?.value ?? Buffer.of());
}

async function password(server: TestServer): Promise<string> {
  const { data } = await server.ok('GET', `${secrets}/a`);
  return Buffer.from((data as Record<string, string>)['password'] ?? '', 'base64').toString('utf8');
}

test('each provider stores under the prefix of Kubernetes and reads what it stored', async () => {
  for (const type of ['aescbc', 'aesgcm', 'secretbox']) {
    await withServer(configuration(keys(type, ['key1', 1])), async (server) => {
      await server.ok('POST', secrets, secretA);
      const bytes = await stored(keyOfA);
      assert.ok(bytes.toString('latin1').startsWith(`k8s:enc:${type}:v1:key1:`), type);
      assert.ok(!bytes.includes('metadata') && !bytes.includes('password'));
      assert.equal(await password(server), 'hunter2');
      assert.equal((await stored('/registry/namespaces/default'))[0], '{'.charCodeAt(0));
    });
    // Another server on the same store reads it too.
    await withServer(configuration(keys(type, ['key1', 1])), async (server) => {
      assert.equal(await password(server), 'hunter2');
      await server.ok('DELETE', `${secrets}/a`);
    });
  }
});

test('isStale() makes an update that changes nothing write again with the first key', async () => {
  await withServer(undefined, async (server) => void (await server.ok('POST', secrets, secretA)));
  await withServer(configuration(keys('aescbc', ['key1', 1]) + plainText), async (server) => {
    const before = await server.ok('GET', `${secrets}/a`);
    await server.ok('PUT', `${secrets}/a`, before);
    assert.ok((await stored(keyOfA)).toString('latin1').startsWith('k8s:enc:aescbc:v1:key1:'));
    const { modRevision } = (await raw.range(keyOfA)).entries[0] ?? { modRevision: 0 };
    await server.ok('PUT', `${secrets}/a`, await server.ok('GET', `${secrets}/a`));
    assert.equal((await raw.range(keyOfA)).entries[0]?.modRevision, modRevision);
  });
  await withServer(configuration(keys('aescbc', ['key2', 2], ['key1', 1])), async (server) => {
    await server.ok('PUT', `${secrets}/a`, await server.ok('GET', `${secrets}/a`));
    assert.ok((await stored(keyOfA)).toString('latin1').startsWith('k8s:enc:aescbc:v1:key2:'));
  });
  // Two providers of one prefix; the way back to plain text.
  const back = plainText + keys('aescbc', ['key9', 9]) + keys('aescbc', ['key2', 2]);
  await withServer(configuration(back), async (server) => {
    assert.equal(await password(server), 'hunter2');
    await server.ok('PUT', `${secrets}/a`, await server.ok('GET', `${secrets}/a`));
    assert.equal((await stored(keyOfA))[0], '{'.charCodeAt(0));
  });
});

test('a value that cannot be read fails by itself, and can be deleted unsafely', async () => {
  await withServer(configuration(keys('aesgcm', ['key1', 1])), async (server) => {
    await server.ok('POST', secrets, secretA);
  });
  await withServer(configuration(keys('aesgcm', ['key1', 2])), async (server) => {
    await server.ok('POST', secrets, { metadata: { name: 'b' } });
    const message =
      'StorageError: corrupt object, Code: 7, Key: /secrets/default/a, ResourceVersion: 0, ' +
      'AdditionalErrorMsg: data from the storage is not transformable revision=0: cipher: message authentication failed';
    for (const method of ['GET', 'DELETE']) {
      const refused = await server.call(method, `${secrets}/a`);
      assert.equal(refused.status, 500);
      assert.equal(refused.body['message'], `Internal error occurred: ${message}`);
    }
    await server.ok('GET', `${secrets}/b`);
    const list = await server.call('GET', secrets);
    assert.deepEqual([list.status, list.body['reason']], [500, 'StorageReadError']);
    assert.equal(list.body['message'], 'failed to read one or more secrets from the storage');

    const unsafe = 'ignoreStoreReadErrorWithClusterBreakingPotential=true';
    const readable = await server.call('DELETE', `${secrets}/b?${unsafe}`);
    assert.equal(readable.status, 422);
    assert.match(String(readable.body['message']), /is exclusively used to delete corrupt object\(s\)/);
    assert.equal((await server.call('DELETE', `${secrets}/a?${unsafe}&gracePeriodSeconds=0`)).status, 422);
    await mayDeleteSecrets(server, 'cleaner');
    const cleaner = { user: { name: 'cleaner', groups: [] } };
    const forbidden = await server.call('DELETE', `${secrets}/a?${unsafe}`, cleaner);
    assert.equal(forbidden.status, 403);
    assert.match(String(forbidden.body['message']), /cannot unsafe-delete-ignore-read-errors resource "secrets"/);
    await server.ok('DELETE', `${secrets}/a?${unsafe}`);
    assert.equal((await server.call('GET', `${secrets}/a`)).status, 404);
    assert.equal(((await server.ok('GET', secrets))['items'] as unknown[]).length, 1);
  });
});

async function mayDeleteSecrets(server: TestServer, user: string): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const rules = [{ verbs: ['delete'], apiGroups: [''], resources: ['secrets'] }];
  await server.ok('POST', `${rbac}/clusterroles`, { metadata: { name: user }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user };
  const subjects = [{ kind: 'User', name: user }];
  await server.ok('POST', `${rbac}/clusterrolebindings`, { metadata: { name: user }, roleRef, subjects });
}

test('wildcards take what no narrower rule takes, custom resources too', async () => {
  const file = `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [configmaps]
  providers: [{identity: {}}]
- resources: ["*.apps", events]
  providers: [{aesgcm: {keys: [{name: group, secret: ${base64(1)}}]}}]
- resources: ["*.*"]
  providers: [{aesgcm: {keys: [{name: all, secret: ${base64(2)}}]}}]
`;
  await withServer(file, async (server) => {
    await server.ok('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'a' } });
    await server.ok('POST', '/apis/apps/v1/namespaces/default/controllerrevisions', {
      metadata: { name: 'a' },
      revision: 1,
      data: { a: 1 },
    });
    await server.ok('POST', secrets, secretA);
    await server.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'gears.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'gears', singular: 'gear', kind: 'Gear', listKind: 'GearList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    });
    const until = AbortSignal.timeout(5000);
    const gears = '/apis/example.com/v1/namespaces/default/gears';
    while ((await server.call('GET', gears)).status !== 200 && !until.aborted) await new Promise(setImmediate);
    await server.ok('POST', gears, { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'a' } });
    const prefixOf = async (key: string): Promise<string> => (await stored(key)).subarray(0, 24).toString('latin1');
    assert.match(await prefixOf('/registry/configmaps/default/a'), /^\{/);
    assert.match(await prefixOf('/registry/controllerrevisions/default/a'), /^k8s:enc:aesgcm:v1:group:/);
    assert.match(await prefixOf(keyOfA), /^k8s:enc:aesgcm:v1:all:/);
    assert.match(await prefixOf('/registry/example.com/gears/default/a'), /^k8s:enc:aesgcm:v1:all:/);
  });
});

test('ciphers read what others wrote', () => {
  const read = (value: Decrypted | Promise<Decrypted>): string => Buffer.from((value as Decrypted).value).toString();
  const key = Buffer.alloc(32, 7);
  const iv = Buffer.alloc(16, 3);
  const cbc = createCipheriv('aes-256-cbc', key, iv);
  assert.equal(read(aesCbc(key).decrypt(Buffer.concat([iv, cbc.update('text'), cbc.final()]), 'k')), 'text');

  const seal = (gcmKey: Buffer, where: string): Buffer => {
    const nonce = Buffer.alloc(12, 5);
    const gcm = createCipheriv('aes-256-gcm', gcmKey, nonce).setAAD(Buffer.from(where));
    return Buffer.concat([nonce, gcm.update('text'), gcm.final(), gcm.getAuthTag()]);
  };
  assert.equal(read(aesGcm(key).decrypt(seal(key, 'k'), 'k')), 'text');
  const failed = { message: 'cipher: message authentication failed' };
  assert.throws(() => aesGcm(key).decrypt(seal(key, 'k'), 'other'), failed);

  const info = Buffer.alloc(32, 9);
  const derived = createHmac('sha256', key)
    .update(Buffer.concat([info, Buffer.of(1)]))
    .digest();
  assert.equal(read(seededGcm(key).decrypt(Buffer.concat([info, seal(derived, 'k')]), 'k')), 'text');

  // The test vector of NaCl's own box: libsodium test/default/secretbox.c.
  const naclKey = Buffer.from('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389', 'hex');
  const nonce = Buffer.from('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37', 'hex');
  const message = Buffer.from(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41d' +
      'b66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a0' +
      '89bc76897040e082f937763848645e0705',
    'hex',
  );
  const boxed = xsalsa20poly1305(naclKey, nonce).encrypt(message);
  assert.equal(
    Buffer.from(boxed.subarray(0, 32)).toString('hex'),
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce',
  );
  const box = secretbox((given) => {
    const { encrypt, decrypt } = xsalsa20poly1305(naclKey, given);
    return { seal: encrypt, open: decrypt };
  });
  assert.deepEqual((box.decrypt(Buffer.concat([nonce, boxed]), 'k') as Decrypted).value, new Uint8Array(message));
});

test('parseConfiguration() says all that is wrong, and no secrets', async () => {
  const wrong = async (text: string): Promise<string> => {
    let message = '';
    await parseConfiguration(text, 'f', true).catch((error: Error) => (message = error.message));
    return message;
  };
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^encryption provider configuration file "f" is empty$/],
    ['kind: X', /no kind "EncryptionConfiguration"/],
    ['a: [', /^couldn't parse the file as YAML/],
    [
      configuration(plainText).replace('identity', 'identty'),
      /strict decoding error: unknown field "resources\[0\]\.providers\[0\]\.identty"/,
    ],
    [
      configuration('', 'secrets').replace('providers:', 'providers: []'),
      /resources\[0\]\.providers: Required value: at least one resources\[0\]\.providers is required/,
    ],
    [
      configuration(plainText, '*'),
      /resources\[0\]\.resources\[0\]: Invalid value: "\*": use '\*\.' to encrypt all the resources from core API group or \*\.\* to encrypt all resources/,
    ],
    [configuration(plainText, 'Secrets'), /resource name should not contain capital letters/],
    [configuration(plainText, 'deployments.*'), /encrypting the same resource across groups is not supported/],
    [
      configuration(`  - aesgcm: {keys: [{name: a, secret: ${base64(1, 9)}}]}`),
      /resources\[0\]\.providers\[0\]\.aesgcm\.keys\[0\]\.secret: Invalid value: "REDACTED": secret is not of the expected length, got 9, expected one of \[16 24 32\]/,
    ],
    [
      configuration('  - aesgcm: {keys: [{name: a, secret: "%%hunter2"}]}'),
      /"REDACTED": secrets must be base64 encoded/,
    ],
    [
      configuration('  - kms: {apiVersion: v2, name: "a:b", endpoint: "tcp://x", timeout: 0s}'),
      /unsupported scheme "tcp" for KMS provider, only unix is supported/,
    ],
    [configuration('  - kms: {name: a, endpoint: "unix:///x"}'), /^KMSv1 is deprecated/],
  ];
  for (const [text, expected] of cases) {
    const message = await wrong(text);
    assert.match(message, expected);
    assert.doesNotMatch(message, /hunter2/);
  }
});

test('a rule behind a wider one is refused when the server starts', async () => {
  const file = `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- {resources: ["*.*"], providers: [{identity: {}}]}
- {resources: [secrets], providers: [{identity: {}}]}
`;
  const refused = withServer(file, async () => undefined);
  await assert.rejects(refused, { message: 'resource "secrets" is masked by earlier rule "*.*"' });
});

test('a KMS plug-in is asked once for a seed, and a new key makes what was written stale', async () => {
  const plugin = await startKmsPlugin(join(directory, 'kms.sock'));
  const kms = `  - kms: {apiVersion: v2, name: vault, endpoint: "${plugin.endpoint}"}\n`;
  try {
    await withServer(configuration(kms + plainText), async (server) => {
      for (const name of ['a', 'b', 'c']) await server.ok('POST', secrets, { ...secretA, metadata: { name } });
      assert.ok((await stored(keyOfA)).toString('latin1').startsWith('k8s:enc:kms:v2:vault:'));
      assert.deepEqual(plugin.calls, { Status: 1, Encrypt: 1, Decrypt: 0 });
      assert.equal((await server.call('GET', '/readyz/kms-provider-0')).text, 'ok');
    });
    plugin.rotate();
    await withServer(configuration(kms + plainText), async (server) => {
      assert.equal(await password(server), 'hunter2');
      const before = await stored(keyOfA);
      await server.ok('PUT', `${secrets}/a`, await server.ok('GET', `${secrets}/a`));
      const now = await stored(keyOfA);
      assert.ok(before.includes('key-1') && now.includes('key-2'));
    });
  } finally {
    plugin.close();
  }
});

test('KmsProvider goes on with its seed for a while when the plug-in is ill, and says so', async () => {
  const plugin = await startKmsPlugin(join(directory, 'ill.sock'));
  let now = Date.now();
  const clock = { now: () => now, after: () => () => undefined };
  const options = { name: 'vault', endpoint: plugin.endpoint, timeoutMs: 3000 };
  const provider = await KmsProvider.start(options, { clock, log: silentLog, metrics });
  try {
    assert.equal(provider.failure, undefined);
    plugin.setHealth('sealed');
    now += 60_000;
    await provider.look();
    assert.equal(provider.failure, 'kmsv2 Provider vault is not healthy, error: got unexpected healthz status: sealed');
    const written = Buffer.from(provider.encrypt(Buffer.from('text'), 'k'));
    now += 180_000;
    assert.throws(
      () => provider.encrypt(Buffer.from('text'), 'k'),
      /^Error: encryptedDEKSource with keyID hash "sha256:[0-9a-f]{64}" expired at /,
    );
    assert.equal(Buffer.from(((await provider.decrypt(written, 'k')) as Decrypted).value).toString(), 'text');
    plugin.setHealth('ok');
    await provider.look();
    provider.encrypt(Buffer.from('text'), 'k');
  } finally {
    provider.close();
    plugin.close();
  }
});

test('reload() takes a changed file into use, and a wrong one not', async () => {
  const wait = async (use: (encryption: Encryption) => Promise<void>): Promise<void> => {
    const clock = { now: Date.now, after: () => () => undefined };
    const options = { path, reload: true, clock, log: silentLog, metrics };
    const encryption = await Encryption.start(options, [Secrets]);
    await use(encryption).finally(() => encryption.close());
  };
  await writeFile(path, configuration(keys('aesgcm', ['old', 1])));
  await wait(async (encryption) => {
    const told: string[] = [];
    encryption.whenReloaded(({ succeeded }) => void told.push(succeeded ? 'reloaded' : 'refused'));
    const store = encryption.over(raw);
    const put = (key: string) => store.transact([], [{ type: 'put', key, value: Buffer.from('{"a":1}') }]);
    await put('/registry/secrets/x/a');
    await encryption.reload();
    assert.deepEqual(told, []);
    await writeFile(path, configuration('  - nothing: {}'));
    await encryption.reload();
    assert.deepEqual(told, ['refused']);
    await writeFile(path, configuration(keys('aesgcm', ['new', 2], ['old', 1])));
    await encryption.reload();
    assert.deepEqual(told, ['refused', 'reloaded']);
    await put('/registry/secrets/x/b');
    const read = await store.range('/registry/secrets/', { end: '/registry/secrets0' });
    assert.deepEqual(
      read.entries.map(({ value }) => Buffer.from(value).toString()),
      ['{"a":1}', '{"a":1}'],
    );
    assert.match((await stored('/registry/secrets/x/b')).toString('latin1'), /^k8s:enc:aesgcm:v1:new:/);
    assert.deepEqual(
      [await encryption.isStale('/registry/secrets/x/a'), await encryption.isStale('/registry/secrets/x/b')],
      [true, false],
    );
    assert.deepEqual(
      encryption.checks().map(({ name }) => name),
      ['kms-providers'],
    );
  });
});

test('encryptedStore() tells changes in their order, whatever one of them waits for', async () => {
  const waiting = Promise.withResolvers<void>();
  const transformer: Transformer = {
    decrypt: (data, key) => {
      const read = { value: data, stale: false };
      return key.endsWith('slow') ? waiting.promise.then(() => read) : read;
    },
    encrypt: (data) => data,
  };
  const store = encryptedStore(raw, () => transformer, metrics);
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = store.watch(
    '/k/',
    { end: '/k0' },
    {
      events(events) {
        told.push(...events.map(({ entry }) => entry.key));
        if (told.length === 3) resolve();
      },
      ended: () => undefined,
    },
  );
  const put = (key: string) => store.transact([], [{ type: 'put', key, value: Buffer.from('x') }]);
  for (const key of ['/k/a', '/k/slow', '/k/b']) await put(key);
  assert.deepEqual(told, ['/k/a']);
  waiting.resolve();
  await promise;
  assert.deepEqual(told, ['/k/a', '/k/slow', '/k/b']);
  stop();
});
