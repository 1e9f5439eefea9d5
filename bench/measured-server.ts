/** An API server of its own to be measured: its process, and how to ask it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../test/cluster.ts';

export const token = 'bench-token';
export const namespaced = '/api/v1/namespaces/default';
const root = join(import.meta.dirname, '..');
const readyWithinMs = 60_000;

export interface MeasuredServer {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to the first answer of /readyz. */
  readonly readyMs: number;
  /** Resolves with the status. */
  ask(method: string, path: string, body?: string): Promise<number>;
  residentMegabytes(): Promise<number>;
  stop(): Promise<void>;
}

/** A folder for the data of servers, which must be removed with `removeFolder`. */
export function makeFolder(directory: string): Promise<string> {
  return mkdtemp(join(directory, 'slipway-bench-'));
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** Starts it on the data of the folder; `engineOptions`: options of Node.js. */
export async function startMeasuredServer(
  folder: string,
  engineOptions: readonly string[] = [],
): Promise<MeasuredServer> {
  const port = await freePort();
  await writeFile(join(folder, 'tokens'), `${token},admin,1,"system:masters"\n`);
  const begun = performance.now();
  const files = ['--data-dir', join(folder, 'data'), '--token-auth-file', join(folder, 'tokens')];
  // As the launcher starts it.
  const args = [
    '--max-semi-space-size=8',
    ...engineOptions,
    join(root, 'src/cli/main.ts'),
    'apiserver',
    ...files,
    '--secure-port',
    String(port),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'), ...process.env },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const ask = (method: string, path: string, body?: string): Promise<number> => call(agent, port, method, path, body);
  while ((await ask('GET', '/readyz').catch(() => 0)) !== 200) {
    if (child.exitCode !== null || performance.now() - begun > readyWithinMs)
      throw new Error('The server is not ready');
    await delay(5);
  }
  const readyMs = performance.now() - begun;
  await ask('POST', `${namespaced}/serviceaccounts`, '{"metadata":{"name":"default"}}');
  return {
    child,
    pid: child.pid as number,
    port,
    readyMs,
    ask,
    async residentMegabytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / 1e6;
    },
    async stop() {
      agent.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function call(agent: Agent, port: number, method: string, path: string, body?: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const question = request({ host: '127.0.0.1', port, path, method, headers, agent, rejectUnauthorized: false });
    question.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    question.on('error', reject);
    question.end(body);
  });
}
