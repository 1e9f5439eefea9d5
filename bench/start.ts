/**
 * How fast a cluster is there, and how much memory it takes when nothing happens: `npm run bench`.
 *
 * Cold start: from the start of the process until /readyz answers, with a fresh data directory and with one that has been
 * used. Memory: the resident set of the whole idle one-node cluster, without containerd and containers.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, slipwayProgram } from '../test/cluster.ts';

const rounds = 5;
const idleMs = 15_000;
const readyWithinMs = 60_000;

const port = String(await freePort());
const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
try {
  const apiserver = (data: string): readonly string[] => [
    'apiserver',
    '--data-dir',
    join(folder, data),
    '--secure-port',
    port,
  ];
  await timeOf(apiserver('warm-up'));
  print('control plane ready, first start', median(await repeat((round) => timeOf(apiserver(`fresh-${round}`)))), 'ms');
  print('control plane ready, further starts', median(await repeat(() => timeOf(apiserver('warm-up')))), 'ms');
  const up = ['up', '--data-dir', join(folder, 'up'), '--port', port];
  await timeOf(up);
  const cluster = await start(up);
  print('one-node cluster: API ready', cluster.readyMs, 'ms');
  await delay(idleMs);
  print(`one-node cluster idle for ${idleMs / 1000} s: resident`, await residentMegabytes(cluster.child), 'MB');
  await stop(cluster.child);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function repeat(measure: (round: number) => Promise<number>): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure(round));
  return values;
}

async function timeOf(args: readonly string[]): Promise<number> {
  const { child, readyMs } = await start(args);
  await stop(child);
  return readyMs;
}

async function start(args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly readyMs: number }> {
  const startedAt = performance.now();
  const child = spawn(slipwayProgram, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  while (!(await answersReady())) {
    if (child.exitCode !== null) throw new Error(`slipway ${args.join(' ')} ended with status ${child.exitCode}`);
    if (performance.now() - startedAt > readyWithinMs) throw new Error(`slipway ${args.join(' ')} does not get ready`);
    await delay(2);
  }
  return { child, readyMs: performance.now() - startedAt };
}

function answersReady(): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

async function residentMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(50)} ${value.toFixed(0).padStart(6)} ${unit}\n`);
}
