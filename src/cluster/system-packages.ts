/**
 * What a node with real containers needs from the machine, and how to get it on Debian and Ubuntu.
 *
 * A program counts by being there, not by the package it came from: Docker's own containerd serves as well as Debian's.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.ts';

export interface SystemPackage {
  readonly name: string;
  /** Program on the PATH, or absolute path, that the package brings. */
  readonly provides: string;
}

/** For `slipway up` with containerd. */
export const nodePackages: readonly SystemPackage[] = [
  { name: 'containerd', provides: 'containerd' },
  { name: 'runc', provides: 'runc' },
  { name: 'containernetworking-plugins', provides: '/usr/lib/cni/bridge' },
  { name: 'nftables', provides: 'nft' },
  { name: 'iproute2', provides: 'ip' },
];

/** What the end-to-end tests need beyond a node. */
export const testPackages: readonly SystemPackage[] = [
  ...nodePackages,
  { name: 'etcd-server', provides: 'etcd' },
  { name: 'etcd-client', provides: 'etcdctl' },
  { name: 'busybox-static', provides: 'busybox' },
  { name: 'iptables', provides: 'iptables' },
  { name: 'conntrack', provides: 'conntrack' },
];

export async function missingPackages(packages: readonly SystemPackage[]): Promise<readonly SystemPackage[]> {
  const found = await Promise.all(packages.map((entry) => findProgram(entry.provides)));
  return packages.filter((_, index) => found[index] === undefined);
}

/** Path of a program: the first on the PATH (and in the folders of system programs), or the absolute path if it exists. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const candidates = name.startsWith('/')
    ? [name]
    : folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** True where missing packages can be installed without asking: root on a machine with apt. */
export async function canInstallPackages(): Promise<boolean> {
  return process.getuid?.() === 0 && (await findProgram('apt-get')) !== undefined;
}

/**
 * Installs packages with apt-get. The list of packages is fetched anew only when apt does not know one of them.
 * @throws SetupError with apt's own last words.
 */
export async function installPackages(packages: readonly SystemPackage[], signal: AbortSignal): Promise<void> {
  const names = packages.map((entry) => entry.name);
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...names];
  const first = await runApt(install, signal);
  if (first.status === 0) return;
  const update = await runApt(['update'], signal);
  const second = await runApt(install, signal);
  if (second.status === 0) return;
  const lastWords = (update.status === 0 ? second : update).output.trim().split('\n').at(-1) ?? '';
  throw new SetupError(`Cannot install ${names.join(', ')} with apt-get: ${lastWords}`);
}

function runApt(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      signal,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-16_384);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
