/** A disk that is mounted read-only, as Linux does with a failing one. Needs root, for one of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Store } from '../store.ts';
import { openEmbeddedStore } from './open.ts';

test('openEmbeddedStore() says that the disk is read-only, and finds everything once it no longer is', async (context) => {
  const disk = await mkdtemp(join(tmpdir(), 'slipway-read-only-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  let store: Store | undefined;
  context.after(async () => {
    await store?.close();
    execFileSync('umount', [disk]);
    await rmdir(disk);
  });
  const options = { directory: join(disk, 'data'), clock: systemClock, log: silentLog };
  const put = (open: Store, key: string) => open.transact([], [{ type: 'put', key, value: Buffer.from(key) }]);
  const keys = async (open: Store): Promise<readonly string[]> =>
    (await open.range('/', { end: '0' })).entries.map(({ key }) => key);

  store = await openEmbeddedStore(options);
  await put(store, '/a');
  // Open files keep a disk from being remounted: it goes when the store is closed, and comes back read-only.
  await store.close();
  store = undefined;
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  await assert.rejects(openEmbeddedStore(options), (error) => {
    assert.match(String(error), /Cannot open the store in ".*data": .*read-?only/i);
    return true;
  });
  execFileSync('mount', ['-o', 'remount,rw', disk]);
  store = await openEmbeddedStore(options);
  assert.deepEqual(await keys(store), ['/a']);
  await put(store, '/b');
  assert.deepEqual(await keys(store), ['/a', '/b']);
});
