/**
 * Takes away what a private containerd leaves on the machine: processes, mounts, control groups, interfaces, caches of
 * the network plug-ins. The one path for a stop in good order and for the remains of a process that was killed, so it
 * never assumes that anything answers.
 */
import { readdir, readFile, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerdPaths } from './containerd-config.ts';
import { runProgram } from './run-program.ts';

export interface LeftoverNames {
  readonly paths: ContainerdPaths;
  /** Every container's control group lies below, such as `/slipway-ab12`. */
  readonly cgroupRoot: string;
  readonly bridge: string;
  /** Name of the CNI network. */
  readonly network: string;
}

const killDeadlineMs = 10_000;
const killPollMs = 20;

/** Ends with nothing of the instance left but its data (images, configuration, log). */
export async function removeLeftovers(names: LeftoverNames): Promise<void> {
  const { paths } = names;
  await killProcesses(names);
  await removeShimSockets(paths.state);
  await unmountBelow(paths.state);
  await unmountBelow(paths.root);
  await removeInterfaces(names.bridge);
  await removeNetworkCaches(names.network);
  for (const hierarchy of await cgroupHierarchies()) await removeCgroup(join(hierarchy, names.cgroupRoot));
  await rm(paths.state, { recursive: true, force: true });
  await rm(paths.addressLeases, { recursive: true, force: true });
}

/** Kills containerd, then the containers' processes, then the shims that watched them. */
async function killProcesses(names: LeftoverNames): Promise<void> {
  const deadline = Date.now() + killDeadlineMs;
  for (;;) {
    const pids = [...(await processesOf(names.paths)), ...(await processesInCgroup(names.cgroupRoot))];
    if (pids.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Cannot end processes ${pids.join(', ')}: still there after SIGKILL`);
    for (const pid of pids) killQuietly(pid);
    await new Promise((resolve) => setTimeout(resolve, killPollMs));
  }
}

/** containerd itself and its shims, known by our configuration or socket on their command line. */
async function processesOf(paths: ContainerdPaths): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const args = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const program = args[0]?.split('/').at(-1) ?? '';
    const ours =
      (program === 'containerd' && args.includes(paths.config)) ||
      (program.startsWith('containerd-shim') && args.includes(paths.socket));
    if (ours) found.push(Number(name));
  }
  return found;
}

async function processesInCgroup(cgroupRoot: string): Promise<readonly number[]> {
  const found = new Set<number>();
  for (const hierarchy of await cgroupHierarchies()) await collectProcesses(join(hierarchy, cgroupRoot), found);
  return [...found];
}

async function collectProcesses(folder: string, found: Set<number>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await collectProcesses(join(folder, entry.name), found);
  const pids = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  for (const pid of pids.split('\n')) if (Number(pid) > 1) found.add(Number(pid));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

/** With cgroups v1 each controller's folder, with v2 the one tree; both below /sys/fs/cgroup. */
async function cgroupHierarchies(): Promise<readonly string[]> {
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  return mounts.filter(({ type }) => type === 'cgroup' || type === 'cgroup2').map(({ path }) => path);
}

/** Removes a control group with all below it; whatever lives in it must have ended. */
async function removeCgroup(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
  const deadline = Date.now() + killDeadlineMs;
  for (;;) {
    const failure = await rmdir(folder).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    if (failure === undefined || failure.code === 'ENOENT') return;
    if (failure.code !== 'EBUSY' || Date.now() > deadline) throw failure;
    await new Promise((resolve) => setTimeout(resolve, killPollMs));
  }
}

/** Unmounts all that is mounted at or below a folder, the deepest first, even what is still in use. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const paths = mounts.map(({ path }) => path).filter((path) => path === folder || path.startsWith(`${folder}/`));
  for (const path of paths.toReversed()) await runProgram('umount', ['-l', path]);
}

interface MountPoint {
  readonly path: string;
  readonly type: string;
}

/** Reads /proc/PID/mountinfo; blanks and the like in paths are octal escapes there. */
export function parseMounts(mountinfo: string): readonly MountPoint[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const path = (left.split(' ')[4] ?? '').replaceAll(/\\(\d{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { path, type: right.split(' ')[0] ?? '' };
    });
}

/** Shims put their sockets into a folder of the whole machine and note the address beside their container. */
async function removeShimSockets(state: string): Promise<void> {
  const tasks = join(state, 'io.containerd.runtime.v2.task/k8s.io');
  for (const id of await readdir(tasks).catch(() => [])) {
    const address = await readFile(join(tasks, id, 'address'), 'utf8').catch(() => '');
    if (address.startsWith('unix:///run/containerd/s/'))
      await unlink(address.slice('unix://'.length)).catch(ignoreMissing);
  }
}

/** The pods' ends of the veth pairs went with their network namespaces; what hangs on the bridge now is stale. */
async function removeInterfaces(bridge: string): Promise<void> {
  const ports = await readdir(`/sys/class/net/${bridge}/brif`).catch(() => undefined);
  if (ports === undefined) return;
  for (const link of [...ports, bridge]) {
    await runProgram('ip', ['link', 'delete', link]).catch(async (error: unknown) => {
      if ((await readdir('/sys/class/net')).includes(link)) throw error;
    });
  }
}

const networkCache = '/var/lib/cni/results';

/**
 * libcni remembers results by network and sandbox; the loopback network's name is shared with everybody, its sandboxes'
 * ids are not.
 */
async function removeNetworkCaches(network: string): Promise<void> {
  const files = await readdir(networkCache).catch(() => []);
  const ids = files.map((file) => new RegExp(`^${network}-([0-9a-f]{64})-`).exec(file)?.[1]).filter(Boolean);
  for (const file of files) {
    if (ids.some((id) => id !== undefined && file.includes(id)))
      await unlink(join(networkCache, file)).catch(ignoreMissing);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
