/**
 * `slipway etcd` under writers on many connections, killed at whatever moment: what a client was answered is there.
 *
 * A few kills in a usual run; `SLIPWAY_CRASH_ROUNDS=1000` for a long one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { seededRandom } from '../src/base/random.ts';
import { freePort } from './cluster.ts';
import { createWriteLedger } from '../src/store/embedded/answered-writes.ts';
import type { AnsweredWrite } from '../src/store/embedded/answered-writes.ts';
import { kv } from '../src/store/protocol/services.ts';

const rounds = Number(process.env['SLIPWAY_CRASH_ROUNDS'] ?? 6);
const connections = 32;
const readyWithinMs = 20_000;
const killedWithinMs = 300;
const program = join(import.meta.dirname, '../src/cli/main.ts');
const padding = 'x'.repeat(1000);

test('A killed `slipway etcd` loses no write that it answered on any of many connections', async (context) => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'slipway-etcd-crash-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const ledger = createWriteLedger();
  for (let round = 0; round < rounds; round += 1) {
    const answered = await writeUntilKilled(directory, round, random.next() * killedWithinMs);
    assert.ok(answered.length > 0, `seed ${seed}`);
    await ledger.verify(directory, answered);
  }
  context.diagnostic(`${rounds} kills up to revision ${ledger.revision}, seed ${seed}`);
});

/** @param killAfterMs From the first answer. */
async function writeUntilKilled(directory: string, round: number, killAfterMs: number): Promise<AnsweredWrite[]> {
  const port = await freePort();
  const flags = [`--data-dir=${directory}`, `--listen-client-urls=http://127.0.0.1:${port}`];
  const child = spawn(process.execPath, [program, 'etcd', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const clients = Array.from({ length: connections }, (_, index) => connect(port, index));
  try {
    await Promise.all(clients.map(ready));
    const answered: AnsweredWrite[] = [];
    const first = Promise.withResolvers<void>();
    const write = async (client: Client, writer: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const key = `/crash/${writer}/${turn % 20}`;
        const value = `${round}-${writer}-${turn}`;
        const revision = await put(client, key, `${value} ${padding}`);
        if (revision === undefined) return;
        answered.push({ revision, key, value });
        first.resolve();
      }
    };
    const writing = Promise.all(clients.map(write));
    await Promise.race([first.promise, writing]);
    setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await writing;
    return answered;
  } finally {
    for (const client of clients) client.close();
    child.kill('SIGKILL');
    await ended;
  }
}

/** Clients with the same options would share a connection. */
function connect(port: number, index: number): Client {
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'slipway.connection': index,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 50,
  });
}

function ready(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + readyWithinMs, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** The revision of the put, or nothing when no answer came. */
function put(client: Client, key: string, value: string): Promise<number | undefined> {
  const { path, requestSerialize, responseDeserialize } = kv.put;
  return new Promise((resolve) => {
    const request = { key, value: Buffer.from(value) };
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) => {
      resolve(error === null && answer?.header !== undefined ? Number(answer.header.revision) : undefined);
    });
  });
}
