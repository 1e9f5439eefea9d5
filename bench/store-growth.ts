/**
 * What a store costs as it grows: `node bench/store-growth.ts [directory] [keys] [--in-order]`, keys of 1 KB, 1,000,000
 * unless told.
 *
 * The etcd v3 API over the embedded store beside a real etcd, each filled with 10,000 keys and then with all: how long it
 * takes to open (from the start of the process to its first answer), what it keeps in memory, and what a page of 500 keys
 * of a prefix costs. CPU is the server's alone, from /proc. Takes some minutes and 4 GB of disk.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kv } from '../src/store/protocol/services.ts';
import { prefixEnd } from '../src/store/store.ts';
import { call, cpuMicros, residentMegabytes, startEtcd, startSlipway, stopServer } from './etcd-servers.ts';
import type { EtcdServer } from './etcd-servers.ts';

const valueBytes = 1024;
const fewKeys = 10_000;
const keysInTransaction = 100;
const transactionsAtOnce = 8;
const pageKeys = 500;
const leastMs = 4000;
const mostMs = 20_000;
const prefix = '/registry/configmaps/';
const namespaces = 100;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'in-order': { type: 'boolean', default: false } },
});
const [parent = tmpdir(), wanted = '1000000'] = positionals;
const manyKeys = Number(wanted);
const directory = await mkdtemp(join(parent, 'slipway-bench-growth-'));
try {
  print('', 'filled, s', 'opens in, ms', 'resident MB', 'after pages MB', 'µs CPU a page', 'pages/s');
  for (const start of [startSlipway, startEtcd]) {
    await measure(start, 0, fewKeys);
    await measure(start, fewKeys, manyKeys);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function measure(start: (directory: string) => Promise<EtcdServer>, from: number, to: number): Promise<void> {
  const filling = await start(directory);
  const begun = performance.now();
  try {
    await fill(filling, from, to);
  } finally {
    await stopServer(filling);
  }
  const fillSeconds = (performance.now() - begun) / 1000;
  const server = await start(directory);
  try {
    const opened = residentMegabytes(server);
    const { cpu, rate } = await readPages(server, to);
    const figures = [server.readyMs, opened, residentMegabytes(server), cpu, rate];
    print(
      `${server.name}, ${to.toLocaleString('en')} keys`,
      fillSeconds.toFixed(1),
      ...figures.map((figure) => Math.round(figure).toLocaleString('en')),
    );
  } finally {
    await stopServer(server);
  }
}

/** Neighbours in key order are written at different times, as in a cluster of some age, unless told otherwise. */
function keyOf(index: number): string {
  const namespace = options['in-order'] ? 0 : index % namespaces;
  return `${prefix}namespace-${namespace}/object-${String(index).padStart(8, '0')}`;
}

async function fill(server: EtcdServer, from: number, to: number): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      next = Math.min(to, first + keysInTransaction);
      const success = Array.from({ length: next - first }, (_, index) => ({
        requestPut: { key: keyOf(first + index), value: Buffer.alloc(valueBytes, first + index) },
      }));
      await call(server, kv.txn, { success });
    }
  };
  await Promise.all(Array.from({ length: transactionsAtOnce }, work));
}

/** Page after page of the whole prefix, and again from its beginning: all keys once if there is time. */
async function readPages(server: EtcdServer, keys: number): Promise<{ readonly cpu: number; readonly rate: number }> {
  const rangeEnd = prefixEnd(prefix);
  const begun = performance.now();
  const before = cpuMicros(server);
  let pages = 0;
  let read = 0;
  for (let key = prefix; ; pages += 1) {
    const passedMs = performance.now() - begun;
    if (passedMs > (read < keys ? mostMs : leastMs)) break;
    const { kvs, more } = await call(server, kv.range, { key, rangeEnd, limit: pageKeys });
    read += kvs.length;
    key = more ? `${kvs.at(-1)?.key}\0` : prefix;
  }
  return { cpu: (cpuMicros(server) - before) / pages, rate: pages / ((performance.now() - begun) / 1000) };
}

function print(what: string, ...columns: readonly string[]): void {
  process.stdout.write(`${what.padEnd(28)}${columns.map((column) => column.padStart(16)).join('')}\n`);
}
