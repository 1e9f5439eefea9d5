/** Backups of a real etcd, and a cluster's objects on their way there and back. Needs Debian's package etcd-server. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import { openEtcdStore } from '../store/etcd/open.ts';
import { startRealEtcd } from '../store/etcd/testing/real-etcd.ts';
import { prefixEnd, type Store } from '../store/store.ts';
import { backUp, restore } from './backup.ts';
import { openDataDirectory } from './data-directory.ts';
import { migrate } from './migrate.ts';

const registry = '/registry/';
const quiet = { progress: () => undefined, nowMs: 0, signal: new AbortController().signal };

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-migrate-'));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function withStore<Result>(opening: Promise<Store>, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await opening;
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const embedded = (dataDirectory: string) =>
  openEmbeddedStore({ directory: join(dataDirectory, 'store'), clock: systemClock, log: silentLog });
const choice = (servers: readonly string[]) => ({ servers, prefix: '/registry', compactionIntervalMs: 0 });
const etcdStore = (servers: readonly string[]) => openEtcdStore({ servers, clock: systemClock, log: silentLog });

async function fill(store: Store): Promise<void> {
  for (let index = 0; index < 250; index += 1) {
    const value = Buffer.from(`value ${index}`);
    await store.transact([], [{ type: 'put', key: `${registry}pods/p-${index % 200}`, value }]);
  }
}

async function content(store: Store): Promise<readonly (readonly [string, string])[]> {
  const { entries } = await store.range(registry, { end: prefixEnd(registry) });
  return entries.map(({ key, value }) => [key, Buffer.from(value).toString()] as const);
}

/** A data directory with certificates and a filled store, as a stopped cluster leaves it. */
async function stoppedCluster(root: string): Promise<string> {
  const dataDirectory = join(root, 'data');
  const directory = await openDataDirectory(dataDirectory);
  await mkdir(directory.certificates);
  await writeFile(join(directory.certificates, 'ca.key'), 'secret', { mode: 0o600 });
  directory.release();
  await withStore(embedded(dataDirectory), fill);
  return dataDirectory;
}

test('migrate() moves all objects to etcd and back; revisions go on from where they were', async (context) => {
  const { urls: servers } = await startRealEtcd(context, 1);
  const dataDirectory = await stoppedCluster(await folder(context));
  const [before, revision] = await withStore(embedded(dataDirectory), async (store) => [
    await content(store),
    store.revision,
  ]);

  const there = await migrate({ to: 'etcd', dataDirectory, etcd: choice(servers), ...quiet });
  assert.equal(there.putAside, join(dataDirectory, 'store-before-etcd'));
  assert.ok(there.revision > revision, `${there.revision} is beyond ${revision}`);
  await withStore(etcdStore(servers), async (store) => {
    assert.deepEqual(await content(store), before);
    await store.transact([], [{ type: 'put', key: `${registry}pods/later`, value: Buffer.from('in etcd') }]);
  });
  await assert.rejects(
    migrate({ to: 'etcd', dataDirectory, etcd: choice(servers), ...quiet }),
    /There is no store in ".*store"/,
  );

  const versions = await withStore(etcdStore(servers), async (store) => {
    const { entries } = await store.range(registry, { end: prefixEnd(registry) });
    return entries.map(({ key, modRevision }) => [key, modRevision]);
  });
  await migrate({ to: 'embedded', dataDirectory, etcd: choice(servers), ...quiet });
  await withStore(embedded(dataDirectory), async (store) => {
    const { entries } = await store.range(registry, { end: prefixEnd(registry) });
    assert.deepEqual(
      entries.map(({ key, modRevision }) => [key, modRevision]),
      versions,
    );
    assert.equal((await content(store)).length, before.length + 1);
  });
  assert.ok((await readdir(dataDirectory)).every((name) => !name.includes('backup')));
});

test('a backup of etcd goes into an empty etcd, and not into one with objects', async (context) => {
  const root = await folder(context);
  const [{ urls: lost }, { urls: fresh }] = [await startRealEtcd(context, 1), await startRealEtcd(context, 1)];
  const [before, revision] = await withStore(etcdStore(lost), async (store) => {
    await fill(store);
    return [await content(store), store.revision] as const;
  });
  const path = join(root, 'etcd.backup');
  const facts = await backUp({ dataDirectory: join(root, 'none'), etcd: choice(lost), path, ...quiet });
  assert.deepEqual([facts.keys, facts.revision], [before.length, revision]);
  const target = { dataDirectory: join(root, 'new'), etcd: choice(fresh), path, progress: () => undefined };
  const restored = await restore({ ...target, bump: 500 });
  assert.ok(restored.revision > revision + 500);
  assert.deepEqual(await withStore(etcdStore(fresh), content), before);
  await assert.rejects(restore(target), /There are \d+ keys under "\/registry\/" already/);
});
