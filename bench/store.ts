/**
 * What the embedded store does on this machine: `node bench/store.ts [directory]`.
 *
 * Durable puts are shown beside the rate of bare fdatasync calls, the most that one writer could ever have.
 */
import { fdatasyncSync, openSync, closeSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { openEmbeddedStore } from '../src/store/embedded/open.ts';
import { prefixEnd } from '../src/store/store.ts';
import type { Store } from '../src/store/store.ts';

const valueBytes = 1024;
const runMs = 3000;
const keysToOpen = 50_000;

const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'slipway-bench-store-'));
const open = (): Promise<Store> => openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
try {
  print('fdatasync calls of 4 KiB', measureSync(), '/s');
  let store = await open();
  for (const writers of [1, 16, 64, 256]) {
    print(`durable puts of 1 KiB, ${writers} writers`, await measurePuts(store, writers), '/s');
  }
  await fill(store);
  await measureReads(store);
  await store.close();

  const before = process.memoryUsage().rss;
  const start = performance.now();
  store = await open();
  const { count } = await store.range('/', { end: '0', countOnly: true });
  print(`open with ${count} keys`, performance.now() - start, 'ms');
  print('resident memory of that', (process.memoryUsage().rss - before) / 1e6, 'MB');
  await measureReads(store);
  await measureCompaction(store);
  await store.close();
} finally {
  await rm(directory, { recursive: true });
}

function measureSync(): number {
  const file = openSync(join(directory, 'sync'), 'w');
  const block = Buffer.alloc(4096, 1);
  const end = performance.now() + 1000;
  let calls = 0;
  for (; performance.now() < end; calls += 1) {
    writeSync(file, block, 0, block.length, (calls % 2000) * block.length);
    fdatasyncSync(file);
  }
  closeSync(file);
  return calls;
}

async function measurePuts(store: Store, writers: number): Promise<number> {
  const start = performance.now();
  const end = start + runMs;
  let puts = 0;
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn += 1) {
      const key = `/registry/configmaps/writer-${writer}/object-${turn % 500}`;
      await store.transact([], [{ type: 'put', key, value: Buffer.alloc(valueBytes, turn) }]);
      puts += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return puts / ((performance.now() - start) / 1000);
}

async function fill(store: Store): Promise<void> {
  const { count } = await store.range('/', { end: '0', countOnly: true });
  const puts: Promise<unknown>[] = [];
  for (let index = count; index < keysToOpen; index += 1) {
    const key = `/registry/pods/namespace-${index % 100}/pod-${index}`;
    puts.push(store.transact([], [{ type: 'put', key, value: Buffer.alloc(valueBytes, index) }]));
    if (puts.length === 1000) await Promise.all(puts.splice(0));
  }
  await Promise.all(puts);
}

async function measureReads(store: Store): Promise<void> {
  const { entries } = await store.range('/', { end: '0', limit: 2000 });
  let start = performance.now();
  for (const { key } of entries) await store.range(key);
  print('gets, one after the other', entries.length / ((performance.now() - start) / 1000), '/s');
  start = performance.now();
  let pages = 0;
  for (let key = '/'; ; pages += 1) {
    const page = await store.range(key, { end: '0', limit: 500 });
    key = `${page.entries.at(-1)?.key}\0`;
    if (page.entries.length === page.count) break;
  }
  print('pages of 500', pages / ((performance.now() - start) / 1000), '/s');
  start = performance.now();
  const all = await store.range('/registry/', { end: prefixEnd('/registry/') });
  print(`one range of ${all.entries.length} entries`, performance.now() - start, 'ms');
}

async function measureCompaction(store: Store): Promise<void> {
  const revisions = store.revision - store.compactRevision;
  const start = performance.now();
  const compacted = store.compact(store.revision).then(() => 'compacted' as const);
  let longest = 0;
  for (;;) {
    if ((await Promise.race([compacted, nextTurn()])) === 'compacted') break;
    const sent = performance.now();
    await store.transact([], [{ type: 'put', key: '/bench/during', value: Buffer.alloc(valueBytes) }]);
    longest = Math.max(longest, performance.now() - sent);
  }
  print(`compaction of ${revisions} revisions`, performance.now() - start, 'ms');
  print('longest put meanwhile', longest, 'ms');
}

function print(what: string, figure: number, unit: string): void {
  process.stdout.write(`${what.padEnd(45)} ${Math.round(figure).toLocaleString('en').padStart(10)} ${unit}\n`);
}
