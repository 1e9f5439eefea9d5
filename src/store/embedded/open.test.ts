/** Data directories that cannot be opened, and why. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock, virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { StoreError } from '../store.ts';
import type { Store } from '../store.ts';
import type { EmbeddedStore } from './embedded-store.ts';
import { openEmbeddedStore } from './open.ts';
import { formatVersion } from './schema.ts';

test('openEmbeddedStore() makes the directory and finds everything again', async (context) => {
  const directory = join(await temporary(context), 'not', 'yet', 'there');
  let store = await open(directory);
  assert.deepEqual([store.revision, store.compactRevision], [1, 0]);
  await put(store, 'a', 'one');
  await put(store, 'b', 'two');
  await store.transact([], [{ type: 'delete', key: 'b' }]);
  await store.compact(4);
  await store.close();
  store = await open(directory);
  // The deletion itself is gone from the table; its revision is not used again.
  assert.deepEqual([store.revision, store.compactRevision], [4, 4]);
  const { entries } = await store.range('', { end: '~' });
  assert.deepEqual(
    entries.map(({ key, value }) => [key, Buffer.from(value).toString()]),
    [['a', 'one']],
  );
  assert.equal(await put(store, 'b', 'three'), 5);
  await store.close();
});

test('openEmbeddedStore() gives leases and their keys their whole time again', async (context) => {
  const directory = await temporary(context);
  const clock = virtualClock();
  let store = await openEmbeddedStore({ directory, clock, log: silentLog });
  const lease = await store.grantLease(10);
  const revoked = await store.grantLease(10);
  await store.transact([], [{ type: 'put', key: 'leased', value: Buffer.from('x'), lease: lease.id }]);
  await store.revokeLease(revoked.id);
  clock.advance(9000);
  await store.close();
  store = await openEmbeddedStore({ directory, clock, log: silentLog });
  assert.equal(await store.keepLeaseAlive(revoked.id), undefined);
  clock.advance(9000);
  assert.equal((await store.range('leased')).count, 1);
  const gone = new Promise<void>((resolve) => {
    store.watch('leased', {}, { events: () => resolve(), ended: () => undefined });
  });
  clock.advance(1000);
  await gone;
  assert.equal(await store.keepLeaseAlive(lease.id), undefined);
  await store.close();
});

test('openEmbeddedStore() refuses a directory that is open, naming its holder', async (context) => {
  const directory = await temporary(context);
  const store = await open(directory);
  const refused = (error: unknown): boolean =>
    error instanceof StoreError &&
    error.reason === 'locked' &&
    error.message === `Data directory "${directory}" is in use by process ${process.pid}`;
  await assert.rejects(open(directory), refused);
  await assert.rejects(open(directory), refused, 'a refused attempt must not loosen the lock');
  await put(store, 'a', 'still writes');
  await store.close();
  await (await open(directory)).close();
});

test('openEmbeddedStore() opens a directory whose holder was killed, and not before', async (context) => {
  const directory = await temporary(context);
  const script = join(import.meta.dirname, 'crash-writer.ts');
  const holder = spawn(process.execPath, [script, directory, '1', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  holder.stdout.resume();
  await assert.rejects(open(directory), {
    reason: 'locked',
    message: `Data directory "${directory}" is in use by process ${holder.pid}`,
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await open(directory)).close();
});

test('openEmbeddedStore() lets one of many that open at once win', async (context) => {
  const directory = await temporary(context);
  const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => open(directory)));
  const won = attempts.filter((attempt) => attempt.status === 'fulfilled');
  assert.equal(won.length, 1);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') assert.equal(Object(attempt.reason).reason, 'locked');
  }
  await won[0]?.value.close();
});

test('openEmbeddedStore() leaves a newer format alone', async (context) => {
  const directory = await temporary(context);
  await (await open(directory)).close();
  change(directory, `PRAGMA user_version = ${formatVersion + 1}`);
  const before = await readFile(join(directory, 'store.db'));
  await assert.rejects(open(directory), (error) => {
    assert.ok(error instanceof StoreError);
    assert.equal(error.reason, 'newer-format');
    assert.match(
      error.message,
      new RegExp(`its format is ${formatVersion + 1}, and .* formats up to ${formatVersion}`),
    );
    return true;
  });
  assert.deepEqual(await readFile(join(directory, 'store.db')), before);
  change(directory, `PRAGMA user_version = ${formatVersion}`);
  await (await open(directory)).close();
});

test('openEmbeddedStore() refuses what is no store', async (context) => {
  const cases: Record<string, (directory: string) => Promise<void>> = {
    'a text': (directory) => writeFile(join(directory, 'store.db'), 'no database at all, but long enough'.repeat(200)),
    'another database': async (directory) => change(directory, 'CREATE TABLE mine (a)'),
    'half a store': async (directory) => {
      const store = await open(directory);
      for (let index = 0; index < 300; index += 1) await put(store, `key-${index}`, 'x'.repeat(3000));
      await store.close();
      await truncate(join(directory, 'store.db'), 40_000);
    },
  };
  for (const [name, damage] of Object.entries(cases)) {
    const directory = join(await temporary(context), name);
    await mkdir(directory);
    await damage(directory);
    await assert.rejects(open(directory), { name: 'StoreError', reason: 'corrupt' }, name);
    await assert.rejects(open(directory), { name: 'StoreError', reason: 'corrupt' }, `${name}, and unlocks it`);
  }
});

test('openEmbeddedStore() finishes a compaction that was cut short', async (context) => {
  const directory = await temporary(context);
  let store = await open(directory);
  for (let index = 0; index < 1000; index += 1) await put(store, `key-${index % 10}`, 'x');
  const { revision } = store;
  await store.close();
  change(directory, `UPDATE compaction SET revision = ${revision}`);
  store = await open(directory);
  await put(store, 'last', 'x');
  // Answered only when its sweep, and so the one before, is through.
  await store.compact(store.revision);
  await store.close();
  assert.equal(count(directory), 11);
});

test('A store whose file fails it takes no more writes, still reads, and closes', async (context) => {
  const directory = await temporary(context);
  const store = await open(directory);
  await put(store, 'a', 'one');
  const lease = await store.grantLease(60);
  change(directory, 'ALTER TABLE change RENAME TO stolen');
  // It is on disk, in the write log; that the database does not take it shows right after.
  await put(store, 'a', 'two');
  await store.size();
  assert.match(store.fault?.message ?? '', /no such table/);
  const refused = {
    name: 'StoreError',
    reason: 'unavailable',
    message: /takes no writes any more since a commit failed/,
  };
  await assert.rejects(put(store, 'a', 'three'), refused);
  await assert.rejects(store.revokeLease(lease.id), refused);
  const { entries, revision } = await store.range('a');
  assert.deepEqual([revision, Buffer.from(entries[0]?.value ?? []).toString()], [3, 'two']);
  await store.close();
  change(directory, 'ALTER TABLE stolen RENAME TO change');
  const mended = await open(directory);
  assert.equal(Buffer.from((await mended.range('a')).entries[0]?.value ?? []).toString(), 'two');
  await mended.close();
});

test('openEmbeddedStore() has every answered write when the database lost all that was not synced', async (context) => {
  const directory = await temporary(context);
  const store = await open(directory);
  await put(store, 'early', 'x');
  await store.size();
  const files = ['store.db', 'store.db-wal'];
  const before = await Promise.all(files.map((name) => readFile(join(directory, name))));
  const revisions: number[] = [];
  for (let index = 0; index < 50; index += 1) revisions.push(await put(store, `late-${index % 10}`, `${index}`));
  const lease = await store.grantLease(60);
  // What a loss of power leaves at worst: the log, and the database as it was when it was last synced.
  const after = join(await temporary(context), 'after');
  await cp(directory, after, { recursive: true });
  for (const [index, name] of files.entries()) await writeFile(join(after, name), before[index] ?? '');
  await rm(join(after, 'store.db-shm'), { force: true });
  await store.close();
  const found = await open(after);
  assert.equal(found.revision, revisions.at(-1));
  const { entries } = await found.range('late-', { end: 'late.' });
  assert.deepEqual(
    entries.map(({ key, value, version }) => [key, Buffer.from(value).toString(), version]),
    Array.from({ length: 10 }, (_, index) => [`late-${index}`, `${index + 40}`, 5]),
  );
  assert.ok(await found.keepLeaseAlive(lease.id));
  await found.close();
});

async function temporary(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-open-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

function open(directory: string): Promise<EmbeddedStore> {
  return openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
}

async function put(store: Store, key: string, value: string): Promise<number> {
  const { revision } = await store.transact([], [{ type: 'put', key, value: Buffer.from(value) }]);
  return revision;
}

function change(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'store.db'));
  database.exec(sql);
  database.close();
}

function count(directory: string): unknown {
  const database = new DatabaseSync(join(directory, 'store.db'));
  const row = database.prepare('SELECT count(*) AS rows FROM change').get();
  database.close();
  return row?.['rows'];
}
