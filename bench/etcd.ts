/**
 * The etcd v3 API beside a real etcd on the same machine, in one run: `node bench/etcd.ts [directory]`.
 *
 * Both serve in processes of their own, on loopback, with their data in the same file system; one client process drives
 * both in turn. Rates are per second of wall time; CPU is the server's alone, per operation, from /proc.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Message } from '../src/store/protocol/schema.ts';
import type { Decoded, Encodable } from '../src/store/protocol/schema.ts';
import { kv, maintenance, watch } from '../src/store/protocol/services.ts';
import type { Method } from '../src/store/protocol/services.ts';

const valueBytes = 1024;
const runMs = 2500;
const watchers = 200;
const tickMs = 10;
const readyWithinMs = 30_000;

interface Server {
  readonly name: string;
  readonly child: ChildProcess;
  readonly clients: readonly Client[];
}

interface Measured {
  readonly rate: number;
  readonly cpuMicros: number;
}

const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'slipway-bench-etcd-'));
const servers: Server[] = [];
let calls = 0;
try {
  await startSlipway();
  await startEtcd();
  print('', 'slipway /s', 'etcd /s', 'ratio', 'slipway µs CPU', 'etcd µs CPU');
  for (const writers of [1, 16, 256]) {
    await compare(`puts of 1 KiB, ${writers} at a time`, (server) => puts(server, writers));
  }
  for (const readers of [1, 16]) await compare(`gets, ${readers} at a time`, (server) => gets(server, readers));
  await compare('pages of 500 keys of 1 KiB', pages);
  await compare(`events to ${watchers} watches`, fanOut);
} finally {
  for (const { child, clients } of servers) {
    for (const client of clients) client.close();
    child.kill();
  }
  await rm(directory, { recursive: true, force: true });
}

async function compare(what: string, measure: (server: Server) => Promise<Measured>): Promise<void> {
  const results: Measured[] = [];
  for (const server of servers) results.push(await measure(server));
  const [ours, theirs] = results;
  if (ours === undefined || theirs === undefined) return;
  const rates = [ours.rate, theirs.rate].map((rate) => Math.round(rate).toLocaleString('en'));
  const cpu = [ours.cpuMicros, theirs.cpuMicros].map((micros) => micros.toFixed(1));
  print(what, rates[0] ?? '', rates[1] ?? '', (ours.rate / theirs.rate).toFixed(2), ...cpu);
}

async function startSlipway(): Promise<void> {
  const port = await freePort();
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  const data = join(directory, 'slipway');
  return started('slipway', port, [
    process.execPath,
    main,
    'etcd',
    `--data-dir=${data}`,
    `--listen-client-urls=http://127.0.0.1:${port}`,
  ]);
}

async function startEtcd(): Promise<void> {
  const [port, peerPort] = [await freePort(), await freePort()];
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return started('etcd', port, [
    'etcd',
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=error',
  ]);
}

async function started(name: string, port: number, [file = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(file, args, { stdio: 'ignore' });
  const clients = Array.from({ length: 4 }, (_, index) => {
    const options = {
      // Connections of their own: clients with the same options share one.
      'slipway.connection': index,
      // Whoever was refused while the server started comes back soon.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 100,
    };
    return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  });
  const server = { name, child, clients };
  servers.push(server);
  // Each of them: one that still waits to connect again refuses its calls.
  await Promise.all(clients.map(connected));
  await call(server, maintenance.status, {});
}

function connected(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + readyWithinMs, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

function call<Request extends Message, Response extends Message>(
  { clients }: Server,
  { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
  request: Encodable<Request>,
): Promise<Decoded<Response>> {
  const client = clients[calls++ % clients.length];
  return new Promise((resolve, reject) => {
    client?.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error !== null || response === undefined) reject(error ?? new Error('No answer'));
      else resolve(response);
    });
  });
}

async function repeat(server: Server, parallel: number, work: (worker: number, turn: number) => Promise<unknown>) {
  let done = 0;
  const before = cpuTicks(server);
  const start = performance.now();
  const loop = async (worker: number): Promise<void> => {
    for (let turn = 0; performance.now() - start < runMs; turn += 1) {
      await work(worker, turn);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, (_, worker) => loop(worker)));
  const seconds = (performance.now() - start) / 1000;
  return { rate: done / seconds, cpuMicros: ((cpuTicks(server) - before) * tickMs * 1000) / done };
}

function puts(server: Server, writers: number): Promise<Measured> {
  return repeat(server, writers, (worker, turn) => {
    const key = `/registry/configmaps/writer-${worker}/object-${turn % 500}`;
    return call(server, kv.put, { key, value: Buffer.alloc(valueBytes, turn) });
  });
}

function gets(server: Server, readers: number): Promise<Measured> {
  return repeat(server, readers, async (_worker, turn) => {
    await call(server, kv.range, { key: `/registry/configmaps/writer-0/object-${turn % 500}` });
  });
}

function pages(server: Server): Promise<Measured> {
  return repeat(server, 4, async () => {
    await call(server, kv.range, { key: '/registry/', rangeEnd: '/registry0', limit: 500 });
  });
}

async function fanOut(server: Server): Promise<Measured> {
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
  const before = cpuTicks(server);
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
  const cpuMicros = ((cpuTicks(server) - before) * tickMs * 1000) / events;
  for (const stream of streams) stream?.cancel();
  return { rate: events / seconds, cpuMicros };
}

/** User and system time of the process with its threads. */
function cpuTicks({ child }: Server): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function print(what: string, ...columns: readonly string[]): void {
  process.stdout.write(`${what.padEnd(32)}${columns.map((column) => column.padStart(16)).join('')}\n`);
}
