/**
 * Replays recorded Kubernetes requests against a fresh API server of this checkout.
 *
 *   npm run golden -- DIR [FILTER …] [--summary] [--show N]
 *
 * DIR holds replay.mjs, scenarios/ and transcripts/. The server has a data directory of its own, which is removed after;
 * what it wrote to its output is shown when it did not come up or ended early.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const readyWithinMs = 20_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [folder, ...rest] = args;
  if (folder === undefined || !existsSync(join(folder, 'replay.mjs'))) {
    process.stderr.write('Usage: npm run golden -- DIR [FILTER …] [--summary], where DIR holds replay.mjs.\n');
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), 'slipway-golden-'));
  const server = await startServer(directory);
  try {
    await waitUntilReady(server);
    return await replay(resolve(folder), server.port, rest);
  } finally {
    await stop(server.child);
    await rm(directory, { recursive: true, force: true });
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

async function startServer(directory: string): Promise<Server> {
  const tokens = join(directory, 'tokens.csv');
  await writeFile(tokens, 'admin-token,admin,admin,"system:masters"\nalice-token,alice,alice,"devs"\n', {
    mode: 0o600,
  });
  const port = await freePort();
  const flags = {
    'data-dir': join(directory, 'data'),
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    'token-auth-file': tokens,
    'service-cluster-ip-range': '10.96.0.0/16',
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [join(root, 'src', 'cli', 'main.ts'), 'apiserver', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-65_536);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, port, output: () => output };
}

async function waitUntilReady(server: Server): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    if (server.child.exitCode !== null) throw new Error(`The API server ended: ${server.output()}`);
    if ((await statusOf(server.port)) === 200) return;
    if (performance.now() > deadline) throw new Error(`The API server is not ready after 20 s: ${server.output()}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function statusOf(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const attempt = request(
      { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false },
      (answer) => {
        answer.resume();
        done(answer.statusCode);
      },
    );
    attempt.on('error', () => done(undefined));
    attempt.end();
  });
}

async function replay(folder: string, port: number, args: readonly string[]): Promise<number> {
  const tokens = ['--token', 'admin-token', '--user-token', 'alice-token'];
  const script = [join(folder, 'replay.mjs'), '--server', `https://127.0.0.1:${port}`, ...tokens, ...args];
  const child = spawn(process.execPath, script, { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
