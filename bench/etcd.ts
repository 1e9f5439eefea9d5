/**
 * The etcd v3 API beside a real etcd on the same machine, in one run: `node bench/etcd.ts [directory]`.
 *
 * Both serve in processes of their own, on loopback, with their data in the same file system; one client process drives
 * both in turn, each for half a second that does not count and then for two and a half. Rates are per second of wall time; CPU is the server's alone, per operation, from /proc.
 *
 * Where h2load is installed it puts and gets one key, too: there the client costs little, and the servers are compared
 * rather than the client with itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { findProgram } from '../src/kubelet/runtimes/run-program.ts';
import type { Encodable, Message } from '../src/store/protocol/schema.ts';
import { kv, watch, type Method } from '../src/store/protocol/services.ts';
import { call, cpuMicros, startEtcd, startSlipway, stopServer } from './etcd-servers.ts';
import type { EtcdServer } from './etcd-servers.ts';
import { grpcRate } from './h2load.ts';

const valueBytes = 1024;
const warmMs = 500;
const runMs = 2500;
const watchers = 200;
const loadSeconds = { warm: 1, run: 3 };
const key = '/registry/configmaps/loaded';
const putRequest = { key, value: Buffer.alloc(valueBytes, 1) };

interface Measured {
  readonly rate: number;
  readonly cpuMicros: number;
}

const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'slipway-bench-etcd-'));
const servers: EtcdServer[] = [];
try {
  servers.push(await startSlipway(directory), await startEtcd(directory));
  print('', 'slipway /s', 'etcd /s', 'ratio', 'slipway µs CPU', 'etcd µs CPU');
  for (const writers of [1, 16, 256]) {
    await compare(`puts of 1 KiB, ${writers} at a time`, (server) => puts(server, writers));
  }
  for (const readers of [1, 16]) await compare(`gets, ${readers} at a time`, (server) => gets(server, readers));
  await compare('pages of 500 keys of 1 KiB', pages);
  await compare(`events to ${watchers} watches`, fanOut);
  if ((await findProgram('h2load')) === undefined) {
    process.stdout.write('Without h2load (Debian package nghttp2-client) the rest is left out.\n');
  } else {
    for (const writers of [1, 16, 256]) {
      await compare(`h2load: puts, ${writers} at a time`, (server) => loadedPuts(server, writers));
    }
    for (const readers of [1, 16, 256]) {
      await compare(`h2load: gets, ${readers} at a time`, (server) => load(server, kv.range, { key }, readers));
    }
  }
} finally {
  await Promise.all(servers.map(stopServer));
  await rm(directory, { recursive: true, force: true });
}

async function compare(what: string, measure: (server: EtcdServer) => Promise<Measured>): Promise<void> {
  const results: Measured[] = [];
  for (const server of servers) results.push(await measure(server));
  const [ours, theirs] = results;
  if (ours === undefined || theirs === undefined) return;
  const rates = [ours.rate, theirs.rate].map((rate) => Math.round(rate).toLocaleString('en'));
  const cpu = [ours.cpuMicros, theirs.cpuMicros].map((micros) => micros.toFixed(1));
  print(what, rates[0] ?? '', rates[1] ?? '', (ours.rate / theirs.rate).toFixed(2), ...cpu);
}

/** A refused call is an answer, too, for h2load: what was put shows in the revision. */
async function loadedPuts(server: EtcdServer, writers: number): Promise<Measured> {
  const before = await revisionOf(server);
  const measured = await load(server, kv.put, putRequest, writers);
  const put = (await revisionOf(server)) - before;
  const counted = measured.rate * loadSeconds.run;
  if (put < counted) throw new Error(`${server.name} answered ${counted} puts and has ${put}`);
  return measured;
}

async function revisionOf(server: EtcdServer): Promise<number> {
  const { header } = await call(server, kv.range, { key });
  return Number(header?.revision);
}

async function load<Request extends Message>(
  server: EtcdServer,
  { path, requestSerialize }: Method<Request, Message>,
  request: Encodable<Request>,
  connections: number,
): Promise<Measured> {
  const before = cpuMicros(server);
  const rate = await grpcRate({
    url: `${server.url}${path}`,
    message: requestSerialize(request),
    connections,
    warmSeconds: loadSeconds.warm,
    seconds: loadSeconds.run,
    file: join(directory, 'message'),
  });
  const calls = rate * (loadSeconds.warm + loadSeconds.run);
  return { rate, cpuMicros: (cpuMicros(server) - before) / calls };
}

type Work = (worker: number, turn: number) => Promise<unknown>;

async function repeat(server: EtcdServer, parallel: number, work: Work): Promise<Measured> {
  await timesWithin(warmMs, parallel, work);
  const before = cpuMicros(server);
  const start = performance.now();
  const done = await timesWithin(runMs, parallel, work);
  const seconds = (performance.now() - start) / 1000;
  return { rate: done / seconds, cpuMicros: (cpuMicros(server) - before) / done };
}

async function timesWithin(limitMs: number, parallel: number, work: Work): Promise<number> {
  let done = 0;
  const start = performance.now();
  const loop = async (worker: number): Promise<void> => {
    for (let turn = 0; performance.now() - start < limitMs; turn += 1) {
      await work(worker, turn);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, (_, worker) => loop(worker)));
  return done;
}

function puts(server: EtcdServer, writers: number): Promise<Measured> {
  return repeat(server, writers, (worker, turn) => {
    const key = `/registry/configmaps/writer-${worker}/object-${turn % 500}`;
    return call(server, kv.put, { key, value: Buffer.alloc(valueBytes, turn) });
  });
}

function gets(server: EtcdServer, readers: number): Promise<Measured> {
  return repeat(server, readers, async (_worker, turn) => {
    await call(server, kv.range, { key: `/registry/configmaps/writer-0/object-${turn % 500}` });
  });
}

function pages(server: EtcdServer): Promise<Measured> {
  return repeat(server, 4, async () => {
    await call(server, kv.range, { key: '/registry/', rangeEnd: '/registry0', limit: 500 });
  });
}

async function fanOut(server: EtcdServer): Promise<Measured> {
  let events = 0;
  const { path, requestSerialize, responseDeserialize } = watch.watch;
  const streams = await Promise.all(
    Array.from({ length: watchers }, async (_, index) => {
      const client = server.clients[index % server.clients.length];
      const stream = client?.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
      stream?.write({ createRequest: { key: '/fan/', rangeEnd: '/fan0' } });
      await new Promise((resolve) => stream?.once('data', resolve));
      stream?.on('data', (response: { readonly events: readonly unknown[] }) => (events += response.events.length));
      stream?.on('error', () => undefined);
      return stream;
    }),
  );
  const before = cpuMicros(server);
  const start = performance.now();
  const written = 300;
  await Promise.all(
    Array.from({ length: written }, (_, index) =>
      call(server, kv.put, { key: `/fan/${index}`, value: Buffer.alloc(256) }),
    ),
  );
  const expected = written * watchers;
  for (const deadline = start + 30_000; performance.now() < deadline; await wait(5)) if (events >= expected) break;
  const seconds = (performance.now() - start) / 1000;
  const micros = (cpuMicros(server) - before) / events;
  for (const stream of streams) stream?.cancel();
  return { rate: events / seconds, cpuMicros: micros };
}

function print(what: string, ...columns: readonly string[]): void {
  process.stdout.write(`${what.padEnd(32)}${columns.map((column) => column.padStart(16)).join('')}\n`);
}
