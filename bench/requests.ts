/**
 * What a request costs: CPU time of the API server for each path, over TLS, driven by `wrk` (Debian package wrk).
 *
 *   node bench/requests.ts [--seconds 1] [--rounds 3] [--only create,get,…] [--profile DIRECTORY]
 *
 * CPU time a request depends little on what else the machine does, the rate very much. Shown is the round that took least
 * of it. It is read for each thread of the
 * server from /proc: the one that serves, that of the store, and those of the engine (garbage collection, compilation).
 * With --profile each path leaves a CPU profile of the serving thread in the directory.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configMapBody, podBody } from './bodies.ts';
import { makeFolder, namespaced, removeFolder, startMeasuredServer, token } from './measured-server.ts';
import { inspectorOf, Profiler } from './profiler.ts';

/** Names of objects must differ from one run of wrk to the next. */
let loads = 0;
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    profile: { type: 'string' },
    directory: { type: 'string', default: '/var/tmp' },
  },
});

interface Path {
  readonly name: string;
  readonly connections: number;
  /** What wrk asks for; without a script it gets `url`. */
  readonly script?: string;
  readonly url?: string;
}

const paths: readonly Path[] = [
  { name: 'create-1', connections: 1, script: posts('configmaps', configMapBody, 'a') },
  { name: 'create-16', connections: 16, script: posts('configmaps', configMapBody, 'b') },
  { name: 'create-64', connections: 64, script: posts('configmaps', configMapBody, 'c') },
  { name: 'pods', connections: 64, script: posts('pods', podBody, 'p') },
  { name: 'get', connections: 64, url: '/api/v1/namespaces/default/pods/target' },
  { name: 'list', connections: 4, url: '/api/v1/pods?resourceVersion=0' },
  { name: 'page', connections: 16, url: '/api/v1/pods?limit=500' },
  { name: 'label', connections: 4, url: '/api/v1/pods?labelSelector=shard%3D3&resourceVersion=0' },
];

/** A script for wrk that posts objects with names of their own. */
function posts(resource: string, body: (name: string, shard: string) => string, prefix: string): string {
  const lua = body(`${prefix}-'..n..'`, "'..(n%10)..'").replace(`${prefix}-`, `${prefix}-ROUND-`);
  return `local n=0
function request() n=n+1; return wrk.format("POST","/api/v1/namespaces/default/${resource}",
{["Content-Type"]="application/json",["Authorization"]="Bearer ${token}"},'${lua}') end`;
}

const folder = await makeFolder(options.directory);
const server = await startMeasuredServer(folder, options.profile === undefined ? [] : ['--inspect=127.0.0.1:0']);
const profiler =
  options.profile === undefined ? undefined : await Profiler.connect(await inspectorOf(server.child), options.profile);
try {
  const { pid } = server;
  await server.ask('POST', `${namespaced}/pods`, podBody('target', '1'));
  const only = options.only === '' ? paths.map(({ name }) => name) : options.only.split(',');
  // The engine compiles what runs often: the first requests cost several times what the others do.
  await load({ name: 'warm-up', connections: 16, script: posts('configmaps', configMapBody, 'w') });
  print('path', ['requests', 'per s', 'us main', 'us store', 'us engine', 'MB']);
  for (const path of paths) {
    if (!only.includes(path.name)) continue;
    await profiler?.start();
    const rounds: Figures[] = [];
    for (let round = 0; round < Number(options.rounds); round++) rounds.push(await measure(pid, path));
    await profiler?.stop(path.name);
    const best = rounds.reduce((a, b) => (b.serving < a.serving ? b : a));
    const { requests, perSecond, serving, store, engine } = best;
    const figures = [requests, Math.round(perSecond), serving.toFixed(1), store.toFixed(1), engine.toFixed(1)];
    print(path.name, [...figures, (await server.residentMegabytes()).toFixed(0)].map(String));
  }
} finally {
  profiler?.close();
  await server.stop();
  await removeFolder(folder);
}

/** Microseconds of CPU time a request. */
interface Figures extends Cpu {
  readonly requests: number;
  readonly perSecond: number;
}

async function measure(pid: number, path: Path): Promise<Figures> {
  const before = await cpuTimes(pid);
  const { requests, seconds, bad } = await load(path);
  const after = await cpuTimes(pid);
  if (bad > 0) throw new Error(`${bad} answers of ${path.name} were errors`);
  const each = (kind: keyof Cpu): number => (after[kind] - before[kind]) / 1000 / requests;
  const perSecond = requests / seconds;
  return { requests, perSecond, serving: each('serving'), store: each('store'), engine: each('engine') };
}

async function load(path: Path): Promise<{ requests: number; seconds: number; bad: number }> {
  const base = `https://127.0.0.1:${server.port}`;
  const args = ['-t1', `-c${path.connections}`, `-d${options.seconds}s`, '--timeout', '60s'];
  if (path.script !== undefined) {
    await writeFile(join(folder, 'load.lua'), path.script.replaceAll('ROUND', String(loads++)));
    args.push('-s', join(folder, 'load.lua'), base);
  } else args.push('-H', `Authorization: Bearer ${token}`, `${base}${path.url}`);
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const text = (await child.stdout.toArray()).join('');
  const [, requests = '0', seconds = '1'] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  return {
    requests: Number(requests),
    seconds: Number(seconds),
    bad: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
  };
}

/** Nanoseconds. */
interface Cpu {
  readonly serving: number;
  readonly store: number;
  readonly engine: number;
}

async function cpuTimes(pid: number): Promise<Cpu> {
  const times = { serving: 0, store: 0, engine: 0 };
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const [ran = '0'] = (await readFile(`/proc/${pid}/task/${id}/schedstat`, 'utf8')).split(' ');
    const name = (await readFile(`/proc/${pid}/task/${id}/comm`, 'utf8')).trim();
    const kind = Number(id) === pid ? 'serving' : name === 'store' ? 'store' : 'engine';
    times[kind] += Number(ran);
  }
  return times;
}

function print(what: string, figures: readonly string[]): void {
  process.stdout.write(`${what.padEnd(12)}${figures.map((figure) => figure.padStart(11)).join('')}\n`);
}
