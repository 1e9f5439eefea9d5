/**
 * What becomes of a store when the machine dies and its write log is not what it was: the database is as old as a loss of
 * power leaves it at worst, so that the log alone has most of what was answered.
 *
 * Either all that was answered is there or the store is not opened; only what was never answered may be missing.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, open as openFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { StoreError } from '../store.ts';
import { encodeRecord } from './batch-record.ts';
import { Database } from './database.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { logFileBytes, logPaths } from './log-files.ts';
import { openEmbeddedStore } from './open.ts';

const batches = 40;
const valueBytes = 700;
const pageBytes = 4096;
const databaseFiles = ['store.db', 'store.db-wal'] as const;

const open = (directory: string): Promise<EmbeddedStore> =>
  openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
const [firstLog, secondLog] = ['store.log-0', 'store.log-1'] as const;

async function temporary(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-log-damage-'));
  context.after(() => rm(root, { recursive: true }));
  return root;
}

async function put(store: EmbeddedStore, index: number, bytes = valueBytes): Promise<void> {
  await store.transact([], [{ type: 'put', key: `/r/${index}`, value: Buffer.alloc(bytes, `value ${index} `) }]);
}

/** A directory whose log has all batches, one record each, and whose database has one; `used`: bytes of the log with records. */
async function logAhead(context: TestContext): Promise<{ root: string; ahead: string; used: number }> {
  const root = await temporary(context);
  const [running, ahead] = [join(root, 'running'), join(root, 'ahead')];
  const store = await open(running);
  await put(store, 0);
  await store.size();
  const early = await Promise.all(databaseFiles.map((name) => readFile(join(running, name))));
  for (let index = 1; index < batches; index += 1) await put(store, index);
  const { size } = await stat(join(running, firstLog));
  await cp(running, ahead, { recursive: true });
  await store.close();
  // A running store's mark is a second behind at most.
  await cp(join(running, 'mark'), join(ahead, 'mark'));
  await putBack(ahead, early);
  return { root, ahead, used: size };
}

async function putBack(directory: string, files: readonly Uint8Array[]): Promise<void> {
  for (const [index, name] of databaseFiles.entries()) await writeFile(join(directory, name), files[index] ?? '');
  await rm(join(directory, 'store.db-shm'), { force: true });
}

/** How many values are there, all of them as they were written and none missing before another; undefined: not opened. */
async function valuesIn(directory: string): Promise<number | undefined> {
  let store: EmbeddedStore;
  try {
    store = await open(directory);
  } catch (error) {
    assert.ok(error instanceof StoreError && error.reason === 'corrupt', String(error));
    assert.match(error.message, /Cannot open the store in ".*": .*(damaged|had reached)/);
    return undefined;
  }
  try {
    const { entries } = await store.range('/r/', { end: '/r0' });
    const values = new Map(entries.map(({ key, value }) => [Number(key.slice(3)), value]));
    for (let index = 0; index < values.size; index += 1) {
      const value = values.get(index);
      assert.ok(value !== undefined && Buffer.alloc(value.length, `value ${index} `).equals(value), `value ${index}`);
    }
    return values.size;
  } finally {
    await store.close();
  }
}

async function afterDamage(
  { root, ahead }: { readonly root: string; readonly ahead: string },
  damage: (directory: string) => Promise<void>,
): Promise<number | undefined> {
  const directory = join(root, 'damaged');
  await rm(directory, { recursive: true, force: true });
  await cp(ahead, directory, { recursive: true });
  await damage(directory);
  return valuesIn(directory);
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await openFile(path, 'r+');
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

test('openEmbeddedStore() refuses a write log with a flipped bit, wherever it is', async (context) => {
  const made = await logAhead(context);
  assert.equal(await afterDamage(made, async () => undefined), batches);
  const log = await readFile(join(made.ahead, firstLog));
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const positions = [0, 5, 9, 17, ...Array.from({ length: 20 }, () => Math.floor(random.next() * made.used))];
  for (const at of positions) {
    const flipped = Buffer.from([(log[at] ?? 0) ^ (1 << Math.floor(random.next() * 8))]);
    const found = await afterDamage(made, (directory) => overwrite(join(directory, firstLog), at, flipped));
    assert.equal(found, undefined, `byte ${at}, seed ${seed}`);
  }
});

test('openEmbeddedStore() refuses a write log with a page of zeros, the first one too', async (context) => {
  const made = await logAhead(context);
  for (let at = 0; at < made.used; at += pageBytes) {
    const zeros = new Uint8Array(Math.min(pageBytes, made.used - at));
    const found = await afterDamage(made, (directory) => overwrite(join(directory, firstLog), at, zeros));
    assert.equal(found, undefined, `page at ${at}`);
  }
});

test('openEmbeddedStore() misses what a cut took from the write log, by the mark, and without a mark by what follows', async (context) => {
  const made = await logAhead(context);
  for (const length of [0, 31, Math.floor(made.used / 2), made.used - 1]) {
    const cut = (directory: string): Promise<void> => truncate(join(directory, firstLog), length);
    assert.equal(await afterDamage(made, cut), undefined, `cut to ${length} bytes`);
  }
  for (const names of [[firstLog], [firstLog, secondLog]]) {
    const remove = async (directory: string): Promise<void> => {
      for (const name of names) await rm(join(directory, name));
    };
    assert.equal(await afterDamage(made, remove), undefined, `${names.join()} gone`);
  }
  const unmarked = (at: number) => async (directory: string) => {
    await rm(join(directory, 'mark'));
    await overwrite(join(directory, firstLog), at, new Uint8Array(64));
  };
  assert.equal(await afterDamage(made, unmarked(0)), undefined);
  assert.equal(await afterDamage(made, unmarked(Math.floor(made.used / 2))), undefined);
  // The last record may have been on its way: nobody was answered, for all the log can tell.
  assert.equal(await afterDamage(made, unmarked(made.used - 64)), batches - 1);
});

test('openEmbeddedStore() takes over what both files of a log have that went round', async (context) => {
  const root = await temporary(context);
  const [running, after] = [join(root, 'running'), join(root, 'after')];
  const store = await open(running);
  let index = 0;
  for (let written = 0; written < 2.5 * logFileBytes; written += 1_000_000) await put(store, index++, 1_000_000);
  // Each file has been used before now: what stands behind the records of now is older.
  for (const path of logPaths(running)) assert.ok((await stat(path)).size >= logFileBytes);
  await store.size();
  // A turn that was waiting for the other file is taken now, and none is near: all that follows goes into one file.
  await put(store, index++);
  await store.size();
  const early = await Promise.all(databaseFiles.map((name) => readFile(join(running, name))));
  for (let written = 0; written < 10; written += 1) await put(store, index++);
  await store.size();
  await cp(running, after, { recursive: true });
  await store.close();
  await putBack(after, early);
  assert.equal(await valuesIn(after), index);
});

test('a log that is older than the database is left aside, and what is written next is found again', async (context) => {
  const root = await temporary(context);
  const [running, after] = [join(root, 'running'), join(root, 'after')];
  let store = await open(running);
  for (let index = 0; index < 5; index += 1) await put(store, index);
  await store.size();
  const old = await readFile(join(running, firstLog));
  for (let index = 5; index < batches; index += 1) await put(store, index);
  await store.close();
  await writeFile(join(running, firstLog), old);
  store = await open(running);
  await put(store, batches);
  await store.size();
  await cp(running, after, { recursive: true });
  await store.close();
  assert.equal(await valuesIn(after), batches + 1);
});

test('openEmbeddedStore() takes over a log without a salt, as format 3 wrote it, and gives the store one', async (context) => {
  const root = await temporary(context);
  const directory = join(root, 'old');
  await (await open(directory)).close();
  const database = new DatabaseSync(join(directory, 'store.db'));
  database.exec('ALTER TABLE compaction DROP COLUMN log_salt; PRAGMA user_version = 3');
  database.close();
  const value = Buffer.alloc(10, 'value 0 ');
  const meta = { key: '/r/0', position: 1, createRevision: 2, modRevision: 2, version: 1, lease: 0n };
  const batch = { changes: [{ meta, deleted: false, value }], granted: [], revoked: [] };
  await writeFile(join(directory, firstLog), encodeRecord(1, batch, 0));
  const store = await open(directory);
  await put(store, 1);
  const killed = join(root, 'killed');
  await cp(directory, killed, { recursive: true });
  await store.close();
  assert.equal(await valuesIn(killed), 2);
  assert.equal(await valuesIn(directory), 2);
});

test('Database.recover() and recycleLogFile() have all synced before the log is written anew', async (context) => {
  const root = await temporary(context);
  const [running, killed] = [join(root, 'running'), join(root, 'killed')];
  const store = await open(running);
  await put(store, 0);
  await store.size();
  await cp(running, killed, { recursive: true });
  await store.close();
  const walBytes = async (): Promise<number> => (await stat(join(killed, 'store.db-wal'))).size;
  const before = await walBytes();
  const database = new Database({ type: 'open', directory: killed, maxBytes: Infinity, ampleBytes: 0 });
  try {
    // SQLite's log has all of it already, but perhaps not on the disk: a transaction with an fsync is added.
    database.recover();
    const recovered = await walBytes();
    assert.ok(recovered > before);
    database.recycleLogFile(join(killed, secondLog));
    assert.ok((await walBytes()) > recovered);
  } finally {
    database.close();
  }
});
