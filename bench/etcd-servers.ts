/** Slipway's etcd API and a real etcd, each in a process of its own on loopback, and how to ask them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import type { Decoded, Encodable, Message } from '../src/store/protocol/schema.ts';
import { maintenance } from '../src/store/protocol/services.ts';
import type { Method } from '../src/store/protocol/services.ts';
import { freePort } from '../test/cluster.ts';

const connections = 4;
const readyWithinMs = 60_000;
/** Of the kernel's clock, in which it counts a process's time. */
const tickMs = 10;
/** Beyond what any of them fills. */
const quotaBytes = 16 * 1024 ** 3;

export interface EtcdServer {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly clients: readonly Client[];
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
}

export async function startSlipway(directory: string): Promise<EtcdServer> {
  const port = await freePort();
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  return started('slipway', port, [
    process.execPath,
    // As the launcher starts it.
    '--max-semi-space-size=8',
    main,
    'etcd',
    `--data-dir=${join(directory, 'slipway')}`,
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--quota-backend-bytes=${quotaBytes}`,
  ]);
}

export async function startEtcd(directory: string): Promise<EtcdServer> {
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
    `--quota-backend-bytes=${quotaBytes}`,
    '--log-level=error',
  ]);
}

export async function stopServer({ child, clients }: EtcdServer): Promise<void> {
  for (const client of clients) client.close();
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/** Calls go round the server's connections. */
export function call<Request extends Message, Response extends Message>(
  { clients }: EtcdServer,
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

let calls = 0;

/** User and system time of the process with its threads, in microseconds. */
export function cpuMicros({ child }: EtcdServer): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs * 1000;
}

/** With what it has mapped of its files and touched, which is how a real etcd reads. */
export function residentMegabytes({ child }: EtcdServer): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function started(name: string, port: number, [file = '', ...args]: readonly string[]): Promise<EtcdServer> {
  const begun = performance.now();
  const child = spawn(file, args, { stdio: 'ignore' });
  const clients = Array.from({ length: connections }, (_, index) => {
    const options = {
      // Connections of their own: clients with the same options share one.
      'slipway.connection': index,
      // Whoever was refused while the server started comes back soon.
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 50,
    };
    return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  });
  const server = { name, url: `http://127.0.0.1:${port}`, child, clients, readyMs: 0 };
  try {
    // Each of them: one that still waits to connect again refuses its calls.
    await Promise.all(clients.map(connected));
    await call(server, maintenance.status, {});
    return { ...server, readyMs: performance.now() - begun };
  } catch (error) {
    await stopServer(server);
    throw error;
  }
}

function connected(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + readyWithinMs, (error) => (error === undefined ? resolve() : reject(error)));
  });
}
