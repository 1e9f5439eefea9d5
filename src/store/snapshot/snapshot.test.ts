import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, rm, stat, truncate, writeFile, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../embedded/open.ts';
import type { Entry, Store } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';
import { restoreDirectory, restoreInto } from './restore.ts';
import { Snapshot } from './snapshot-file.ts';
import { openDirectorySource, openStoreSource, type SnapshotSource } from './source.ts';
import { takeSnapshot } from './take-snapshot.ts';

const all = { end: '~' };

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-snapshot-'));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

async function openStore(context: TestContext, directory: string): Promise<Store> {
  const store = await openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
  context.after(() => store.close());
  return store;
}

async function put(store: Store, key: string, text: string, lease = 0n): Promise<void> {
  await store.transact([], [{ type: 'put', key, value: Buffer.from(text), lease }]);
}

async function fill(store: Store): Promise<void> {
  for (let index = 0; index < 1200; index += 1) await put(store, `/registry/pods/p-${index % 1100}`, `value ${index}`);
  await store.transact(
    [],
    [
      { type: 'put', key: '/registry/pods/pair-a', value: Buffer.from('a') },
      { type: 'put', key: '/registry/pods/pair-b', value: Buffer.from('b') },
      { type: 'delete', key: '/registry/pods/p-7' },
    ],
  );
}

async function take(path: string, source: SnapshotSource): Promise<void> {
  try {
    await takeSnapshot({ path, source, files: [], nowMs: 1_700_000_000_000 });
  } finally {
    source.close();
  }
}

async function entries(store: Store): Promise<readonly Entry[]> {
  const found = await store.range('/', all);
  return found.entries.map((entry) => ({ ...entry, value: Buffer.from(entry.value) }));
}

test('restoreDirectory() brings back each key with its revisions, and the next write goes beyond the bump', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await fill(store);
  const path = join(root, 'a.backup');
  await take(path, await openDirectorySource(join(root, 'store')));
  const before = await entries(store);
  await put(store, '/registry/pods/later', 'not in the backup');

  const snapshot = await Snapshot.open(path);
  context.after(() => snapshot.close());
  assert.deepEqual(
    { keys: snapshot.facts.keys, revision: snapshot.facts.revision, takenAtMs: snapshot.facts.takenAtMs },
    { keys: before.length, revision: store.revision - 1, takenAtMs: 1_700_000_000_000 },
  );
  const revision = await restoreDirectory(snapshot, join(root, 'restored'), { bump: 5000 });
  const restored = await openStore(context, join(root, 'restored'));
  assert.equal(revision, snapshot.facts.revision + 5000);
  assert.equal(restored.revision, revision);
  assert.deepEqual(await entries(restored), before);
  await put(restored, '/registry/pods/new', 'x');
  assert.equal(restored.revision, revision + 1);
});

test('a watch from a revision before the restore ends with compacted', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await put(store, '/registry/a', '1');
  await take(join(root, 'a.backup'), await openDirectorySource(join(root, 'store')));
  for (let index = 0; index < 20; index += 1) await put(store, '/registry/a', `lost ${index}`);
  const lastSeen = store.revision;
  const snapshot = await Snapshot.open(join(root, 'a.backup'));
  context.after(() => snapshot.close());
  await restoreDirectory(snapshot, join(root, 'restored'));
  const restored = await openStore(context, join(root, 'restored'));
  const watch = recordWatch(restored, '/registry/', { end: '/registry0', fromRevision: lastSeen + 1 });
  assert.equal((await watch.ended()).reason, 'compacted');
});

test('takeSnapshot() sees one state while writes go on', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  const pair = async (value: string): Promise<void> => {
    const operation = (key: string) => ({ type: 'put', key, value: Buffer.from(value) }) as const;
    await store.transact([], [operation('/registry/left'), operation('/registry/right')]);
  };
  await fill(store);
  await pair('0');
  const enough = new AbortController();
  const writer = (async () => {
    for (let turn = 1; !enough.signal.aborted; turn += 1) await pair(String(turn));
  })();
  try {
    for (let round = 0; round < 5; round += 1) {
      const path = join(root, `${round}.backup`);
      await take(path, await openDirectorySource(join(root, 'store')));
      const snapshot = await Snapshot.open(path);
      const pairs = [...snapshot.entries()].filter(({ key }) => /left|right/.test(key));
      const texts = pairs.map(({ value }) => Buffer.from(value).toString());
      snapshot.close();
      assert.equal(texts.length, 2);
      assert.equal(texts[0], texts[1]);
      assert.ok(pairs.every(({ modRevision }) => modRevision <= snapshot.facts.revision));
    }
  } finally {
    enough.abort();
    await writer;
  }
});

test('a snapshot taken through the port equals one taken from the file, leases included', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await fill(store);
  const lease = await store.grantLease(600, 7_587_899_094_344_691_141n);
  await put(store, '/registry/events/e', 'event', lease.id);
  await take(join(root, 'file.backup'), await openDirectorySource(join(root, 'store')));
  await take(join(root, 'port.backup'), await openStoreSource('store', store, '/registry/'));
  const [file, port] = [await Snapshot.open(join(root, 'file.backup')), await Snapshot.open(join(root, 'port.backup'))];
  context.after(() => {
    file.close();
    port.close();
  });
  assert.deepEqual([...port.entries()], [...file.entries()]);
  assert.deepEqual(port.leases(), [lease]);
  assert.deepEqual(file.leases(), [lease]);
});

test('restoreInto() fills an empty store and raises its revision beyond the snapshot', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await fill(store);
  const lease = await store.grantLease(600, 7_587_899_094_344_691_141n);
  await put(store, '/registry/events/e', 'event', lease.id);
  await take(join(root, 'a.backup'), await openStoreSource('store', store, '/registry/'));
  const snapshot = await Snapshot.open(join(root, 'a.backup'));
  context.after(() => snapshot.close());
  const target = await openStore(context, ':memory:');
  const revision = await restoreInto(target, snapshot, '/registry/', { bump: 300 });
  const keyed = (list: readonly Entry[]) => list.map(({ key, value, lease: of }) => [key, String(value), of]);
  assert.deepEqual(keyed(await entries(target)), keyed(await entries(store)));
  assert.ok(revision > snapshot.facts.revision + 300);
  assert.equal(target.compactRevision, target.revision);
  await assert.rejects(restoreInto(target, snapshot, '/registry/'), /There are \d+ keys under "\/registry\/" already/);
});

test('Snapshot.open() refuses a file that was cut, changed, or never was a snapshot', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await fill(store);
  const whole = join(root, 'whole.backup');
  await take(whole, await openDirectorySource(join(root, 'store')));
  const { size } = await stat(whole);
  for (const length of [0, 10, 40, 8192, size - 33, size - 1]) {
    const cut = join(root, 'cut.backup');
    await copyFile(whole, cut);
    await truncate(cut, length);
    await assert.rejects(Snapshot.open(cut), { reason: 'corrupt' });
  }
  const changed = join(root, 'changed.backup');
  await copyFile(whole, changed);
  const file = await openFile(changed, 'r+');
  await file.write(Buffer.from([0xff]), 0, 1, Math.floor(size / 2) + 1);
  await file.write(Buffer.from([0xfe]), 0, 1, Math.floor(size / 2) + 2);
  await file.close();
  await assert.rejects(Snapshot.open(changed), /its SHA-256 sum is wrong/);
  await writeFile(join(root, 'text.backup'), 'x'.repeat(100));
  await assert.rejects(Snapshot.open(join(root, 'text.backup')), /is no snapshot of Slipway/);
});

test('restoreDirectory() never touches a store that is there', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await put(store, '/registry/a', '1');
  await take(join(root, 'a.backup'), await openDirectorySource(join(root, 'store')));
  const snapshot = await Snapshot.open(join(root, 'a.backup'));
  context.after(() => snapshot.close());
  await assert.rejects(restoreDirectory(snapshot, join(root, 'store')), { reason: 'locked' });
});

test('takeSnapshot() leaves nothing behind when it is aborted', async (context) => {
  const root = await folder(context);
  const store = await openStore(context, join(root, 'store'));
  await fill(store);
  const source = await openDirectorySource(join(root, 'store'));
  const signal = AbortSignal.abort(new Error('enough'));
  const aborted = takeSnapshot({ path: join(root, 'a.backup'), source, files: [], nowMs: 0, signal });
  await assert.rejects(aborted, /enough/);
  source.close();
  assert.deepEqual(await readdir(root), ['store']);
});
