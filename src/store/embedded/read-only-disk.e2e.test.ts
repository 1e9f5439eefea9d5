/** A disk that is read-only, or turns so, as Linux does with a failing one. Needs root, for disks of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Store } from '../store.ts';
import { openEmbeddedStore } from './open.ts';

const put = (store: Store, key: string): Promise<unknown> =>
  store.transact([], [{ type: 'put', key, value: Buffer.from(key) }]);
const keys = async (store: Store): Promise<readonly string[]> =>
  (await store.range('/', { end: '0' })).entries.map(({ key }) => key);

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

const loopDevices = '/dev/loop-control';
const skip = existsSync(loopDevices) ? false : `this kernel has no ${loopDevices}`;

test(
  'A store whose disk turns read-only answers no write, goes on reading, and has all that it answered',
  { skip },
  async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-failing-'));
    const image = join(folder, 'image');
    const disk = await mkdtemp(join(tmpdir(), 'slipway-failing-disk-'));
    await writeFile(image, '');
    await truncate(image, 32 * 1024 * 1024);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    const mount = (): Buffer => execFileSync('mount', ['-o', 'loop,errors=remount-ro', image, disk]);
    mount();
    let store: Store | undefined;
    context.after(async () => {
      await store?.close();
      execFileSync('umount', [disk]);
      await rm(folder, { recursive: true });
      await rmdir(disk);
    });
    const options = { directory: join(disk, 'data'), clock: systemClock, log: silentLog };
    const open = (store = await openEmbeddedStore(options));
    await put(open, '/a');

    // What the file system does by itself when its journal cannot be written.
    execFileSync('mount', ['-o', 'remount,abort', disk]);
    await assert.rejects(put(open, '/b'), {
      name: 'StoreError',
      reason: 'unavailable',
      message: /disk I\/O error|read-?only/i,
    });
    await assert.rejects(put(open, '/c'), /takes no writes any more since a commit failed/);
    assert.deepEqual(await keys(open), ['/a']);
    await open.close();
    store = undefined;

    execFileSync('umount', [disk]);
    mount();
    store = await openEmbeddedStore(options);
    assert.deepEqual(await keys(store), ['/a']);
    await put(store, '/d');
    assert.deepEqual(await keys(store), ['/a', '/d']);
  },
);
