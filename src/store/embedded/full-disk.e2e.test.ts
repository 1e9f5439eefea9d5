/** A disk that is really full. Needs root, for a small file system of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Store } from '../store.ts';
import { checkFullDisk } from './full-disk.ts';
import { openEmbeddedStore } from './open.ts';

for (const [how, ampleBytes] of [
  ['waits for the database', undefined],
  ['lets its log run ahead until there is no room', 0],
] as const) {
  test(`A store that ${how} fails whole batches on a full disk, and opens and recovers when there is room`, (context) =>
    fillDisk(context, ampleBytes === undefined ? {} : { ampleBytes }));
}

async function fillDisk(context: TestContext, room: { readonly ampleBytes?: number }): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'slipway-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
  let store: Store | undefined;
  context.after(async () => {
    await store?.close();
    execFileSync('umount', [disk]);
    await rmdir(disk);
  });
  const ballast = join(disk, 'ballast');
  await writeFile(ballast, Buffer.alloc(4_000_000, 1));
  const options = { directory: join(disk, 'data'), clock: systemClock, log: silentLog, ...room };
  store = await openEmbeddedStore(options);
  await checkFullDisk(store, async () => rm(ballast));
  const before = await contentOf(store);
  await store.close();
  store = undefined;

  await assert.rejects(writeFile(ballast, Buffer.alloc(8_000_000)), { code: 'ENOSPC' });
  await assert.rejects(openEmbeddedStore(options), { name: 'StoreError', reason: 'no-space' });
  await rm(ballast);
  store = await openEmbeddedStore(options);
  assert.deepEqual(await contentOf(store), before);
}

async function contentOf(store: Store): Promise<unknown> {
  const { entries, revision } = await store.range('/', { end: '0' });
  return [revision, entries.map((entry) => ({ ...entry, value: Buffer.from(entry.value) }))];
}
