/**
 * What a cluster may leave behind on a machine when it does not clean up: processes that name its data directory, mounts
 * below it, and network interfaces, network namespaces, nft tables and control groups that were not there before.
 */
import { execFile } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { instanceOf } from '../src/cluster/cluster-network.ts';

const run = promisify(execFile);

/** Things of the machine that a cluster adds, by name. */
export type MachineState = ReadonlySet<string>;

export async function machineState(): Promise<MachineState> {
  const [links, tables] = await Promise.all([lines('ip', ['-o', 'link']), lines('nft', ['list', 'tables'])]);
  return new Set([
    ...links.map((line) => `interface ${/^\d+: ([^:@]+)/.exec(line)?.[1] ?? line}`),
    ...tables.map((line) => `nft ${line}`),
    ...globSync(['/run/netns/*', '/var/run/netns/*']).map((path) => `namespace ${path}`),
    ...globSync('/sys/fs/cgroup/{,*/}*slipway*').map((path) => `control group ${path}`),
  ]);
}

/** One line for each thing of this data directory that is still there, or that is new since `before`. */
export async function leftovers(dataDirectory: string, before: MachineState): Promise<readonly string[]> {
  const added = [...(await machineState())].filter((thing) => !before.has(thing));
  return [...processesOf(dataDirectory), ...mountsBelow(dataDirectory), ...added];
}

/** The same for a cluster that `slipway up` started, by its name alone: others may run beside it. */
export async function clusterLeftovers(dataDirectory: string): Promise<readonly string[]> {
  const things = [...(await machineState()), ...globSync('/run/slipway-*').map((path) => `state ${path}`)];
  const instance = instanceOf(dataDirectory);
  const own = things.filter((thing) => thing.includes(instance));
  return [...processesOf(dataDirectory), ...mountsBelow(dataDirectory), ...own];
}

function processesOf(dataDirectory: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid, line: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ line }) => line.includes(dataDirectory))
    .map(({ pid, line }) => `process ${pid}: ${line}`);
}

function mountsBelow(dataDirectory: string): readonly string[] {
  return readOrEmpty('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path === dataDirectory || path.startsWith(`${dataDirectory}/`))
    .map((path) => `mount ${path}`);
}

async function lines(program: string, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(program, args).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => line !== '');
}

/** Processes end while one looks. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
