/**
 * Files that were damaged behind the store's back: it says so, and never goes on as if nothing had been there.
 *
 * Whatever the damage, one of three things happens: the store does not open, a read fails, or all that was answered is there.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, open as openFile, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { StoreError, type Store } from '../store.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { openEmbeddedStore } from './open.ts';

const keys = 600;
const pageBytes = 4096;

const open = (directory: string): Promise<EmbeddedStore> =>
  openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
const valueOf = (index: number): Buffer => Buffer.alloc(900, `value ${index} `);

/** A directory with a closed store, and one as a killed process leaves it: with all of it in the write log and in SQLite's. */
async function stores(
  context: TestContext,
): Promise<{ readonly closed: string; readonly killed: string; readonly root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-damage-'));
  context.after(() => rm(root, { recursive: true }));
  const [closed, killed] = [join(root, 'closed'), join(root, 'killed')];
  const store = await open(closed);
  const writes = Array.from({ length: keys }, (_, index) =>
    store.transact([], [{ type: 'put', key: `/r/${index}`, value: valueOf(index) }]),
  );
  await Promise.all(writes);
  // Answered behind what was handed over to the database.
  await store.size();
  // Closing brings the mark up to date; a running store's is a second behind at most.
  await cp(closed, killed, { recursive: true });
  await store.close();
  await cp(join(closed, 'mark'), join(killed, 'mark'));
  return { closed, killed, root };
}

async function outcome(directory: string): Promise<'refused' | 'read fails' | 'whole'> {
  let store: Store;
  try {
    store = await open(directory);
  } catch (error) {
    assert.ok(error instanceof StoreError && error.reason === 'corrupt', String(error));
    return 'refused';
  }
  try {
    const { entries } = await store.range('/r/', { end: '/r0' });
    assert.equal(entries.length, keys);
    for (const { key, value } of entries) {
      assert.ok(valueOf(Number(key.slice(3))).equals(value), `${key} has another value than was written`);
    }
    return 'whole';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    assert.equal(error.reason, 'corrupt');
    return 'read fails';
  } finally {
    await store.close();
  }
}

async function afterDamage(
  from: string,
  root: string,
  damage: (directory: string) => Promise<void>,
): Promise<Awaited<ReturnType<typeof outcome>>> {
  const directory = join(root, 'damaged');
  await rm(directory, { recursive: true, force: true });
  await cp(from, directory, { recursive: true });
  await damage(directory);
  return await outcome(directory);
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await openFile(path, 'r+');
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

test('openEmbeddedStore() refuses a file that was cut short, and one that was emptied or is gone', async (context) => {
  const { closed, root } = await stores(context);
  const { size } = await stat(join(closed, 'store.db'));
  for (const length of [0, 100, pageBytes, Math.floor(size / 2), size - pageBytes]) {
    const found = await afterDamage(closed, root, (directory) => truncate(join(directory, 'store.db'), length));
    assert.equal(found, 'refused', `cut to ${length} bytes`);
  }
  assert.equal(await afterDamage(closed, root, (directory) => rm(join(directory, 'store.db'))), 'refused');
});

test('openEmbeddedStore() finds in one log what the other lost, by a cut or a flipped bit, and refuses when both lost it', async (context) => {
  const { killed, root } = await stores(context);
  assert.equal(await afterDamage(killed, root, async () => undefined), 'whole');
  const ofSqlite = (await stat(join(killed, 'store.db-wal'))).size;
  const ofLog = (await stat(join(killed, 'store.log-0'))).size;
  for (const share of [0, 0.001, 1 / 3, 0.9]) {
    const cutSqlite = (directory: string) =>
      truncate(join(directory, 'store.db-wal'), Math.floor(ofSqlite * Math.min(share, 1 - 10 / ofSqlite)));
    const cutLog = (directory: string) =>
      truncate(join(directory, 'store.log-0'), Math.floor(ofLog * Math.min(share, 1 - 10 / ofLog)));
    assert.equal(await afterDamage(killed, root, cutSqlite), 'whole', `SQLite's cut to ${share}`);
    assert.equal(await afterDamage(killed, root, cutLog), 'whole', `the write log cut to ${share}`);
    const both = async (directory: string): Promise<void> => {
      await cutSqlite(directory);
      await cutLog(directory);
    };
    assert.equal(await afterDamage(killed, root, both), 'refused', `both cut to ${share}`);
  }
  const flipped = await afterDamage(killed, root, async (directory) => {
    await truncate(join(directory, 'store.db-wal'), 0);
    await overwrite(join(directory, 'store.log-0'), Math.floor(ofLog / 2), Buffer.from([1, 2, 3, 4]));
  });
  assert.equal(flipped, 'refused');
});

test('a store opens without the lost end once its mark was deleted', async (context) => {
  const { killed } = await stores(context);
  await truncate(join(killed, 'store.db-wal'), 0);
  await truncate(join(killed, 'store.log-0'), 0);
  await assert.rejects(
    open(killed),
    /it ends at revision 1, but had reached 601: .* Restore a backup; or delete the file ".*mark"/,
  );
  await rm(join(killed, 'mark'));
  const store = await open(killed);
  assert.equal(store.revision, 1);
  await store.close();
});

test('a page that was lost or flipped is found, wherever it lies', async (context) => {
  const { closed, root } = await stores(context);
  const pages = (await stat(join(closed, 'store.db'))).size / pageBytes;
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const counts = { refused: 0, 'read fails': 0, whole: 0 };
  for (let round = 0; round < 60; round += 1) {
    const page = Math.floor(random.next() * pages);
    const bytes = round % 3 === 0 ? Buffer.alloc(pageBytes) : Buffer.from([Math.floor(random.next() * 256)]);
    const within = round % 3 === 0 ? 0 : Math.floor(random.next() * pageBytes);
    const found = await afterDamage(closed, root, (directory) =>
      overwrite(join(directory, 'store.db'), page * pageBytes + within, bytes),
    );
    counts[found] += 1;
  }
  context.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.ok(counts.refused + counts['read fails'] > 0);
});

test('a damaged value can be written over, and is named until then', async (context) => {
  const { closed } = await stores(context);
  const path = join(closed, 'store.db');
  const bytes = await readFile(path);
  const at = bytes.indexOf(valueOf(77).subarray(0, 40));
  assert.ok(at > 0);
  await overwrite(path, at + 3, Buffer.from('#'));
  const store = await open(closed);
  context.after(() => store.close());
  await assert.rejects(
    store.range('/r/77'),
    /The value of "\/r\/77" of revision 79 is damaged on disk; restore a backup/,
  );
  assert.equal((await store.range('/r/78')).entries.length, 1);
  await store.transact([], [{ type: 'put', key: '/r/77', value: Buffer.from('mended') }]);
  assert.equal(String((await store.range('/r/77')).entries[0]?.value), 'mended');
});
