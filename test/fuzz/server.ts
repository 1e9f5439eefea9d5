/** An API server as a process of its own, so that its end and its memory are seen from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, slipwayProgram } from '../cluster.ts';
import type { Attempt } from './requests.ts';

export const token = 'fuzz-token';

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly text: string;
}

export interface FuzzServer {
  readonly port: number;
  /** Why it ended, while it should not have. */
  readonly ended: string | undefined;
  /** Undefined when the connection broke before an answer came. */
  ask(attempt: Attempt): Promise<Answer | undefined>;
  residentBytes(): Promise<number>;
  openFiles(): Promise<number>;
  output(): string;
  close(): Promise<void>;
}

const answerWithinMs = 20_000;

export async function startFuzzServer(): Promise<FuzzServer> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-fuzz-'));
  const tokens = join(directory, 'tokens.csv');
  await writeFile(tokens, `${token},fuzz,1,"system:masters"\n`);
  const port = await freePort();
  const args = [
    'apiserver',
    '--data-dir',
    join(directory, 'data'),
    '--secure-port',
    String(port),
    '--token-auth-file',
    tokens,
  ];
  // Exposes nothing and cleans nothing up by itself: what it keeps after the run is what it holds on to.
  const child = spawn(slipwayProgram, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  const ready = new Promise<void>((resolve, reject) => {
    const take = (part: Buffer): void => {
      text = (text + part.toString()).slice(-200_000);
      if (/ready in \d+ ms/.test(text)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code, signal) => reject(new Error(`the API server ended (${code ?? signal}):\n${text}`)));
  });
  await ready;
  const pid = await enginePid(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  return {
    port,
    get ended() {
      return child.exitCode === null && child.signalCode === null ? undefined : `${child.exitCode ?? child.signalCode}`;
    },
    ask: (attempt) => ask(attempt, agent, port),
    residentBytes: async () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]),
    openFiles: async () => (await readdir(`/proc/${pid}/fd`)).length,
    output: () => text,
    async close() {
      agent.destroy();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await once(child, 'close');
      }
      await rm(directory, { recursive: true });
    },
  };
}

/** The launcher hands over to the engine, which may be a process below it. */
async function enginePid(child: ChildProcess): Promise<number> {
  const pid = child.pid ?? 0;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
  return children === '' ? pid : Number(children.split(' ')[0]);
}

function ask({ method, path, headers, body }: Attempt, agent: Agent, port: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      agent,
      method,
      path,
      headers: { authorization: `Bearer ${token}`, ...headers },
    };
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? '';
        resolve({ code: response.statusCode ?? 0, contentType, text: Buffer.concat(chunks).toString() });
      });
    });
    call.setTimeout(answerWithinMs, () => call.destroy());
    call.on('error', () => resolve(undefined));
    call.end(body);
  });
}
