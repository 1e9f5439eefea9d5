/**
 * What a node with real containers needs from the machine, and how to get it on Debian and Ubuntu.
 *
 * A program counts by being there, not by the package it came from: Docker's own containerd serves as well as Debian's.
 */
import { spawn } from 'node:child_process';
import { findProgram } from '../kubelet/runtimes/run-program.ts';
import { SetupError } from './setup-error.ts';

/** What is missing → the package that brings it. */
const nodePackages: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  nft: 'nftables',
  ip: 'iproute2',
  'CNI plugins': 'containernetworking-plugins',
};

/** What the end-to-end tests need beyond a node. */
const testPackages: Readonly<Record<string, string>> = {
  etcd: 'etcd-server',
  etcdctl: 'etcd-client',
  busybox: 'busybox-static',
  iptables: 'iptables',
  conntrack: 'conntrack',
  arping: 'iputils-arping',
  'mkfs.ext4': 'e2fsprogs',
};

/** Packages that must be installed before containers can run here, or what is missing when no package is known for it. */
export async function missingNodePackages(): Promise<readonly string[]> {
  const { missingPrograms } = await import('../kubelet/runtimes/containerd.ts');
  const missing = await missingPrograms();
  return [...new Set(missing.map((program) => nodePackages[program] ?? program))];
}

export async function missingTestPackages(): Promise<readonly string[]> {
  const missing = await missingNodePackages();
  const found = await Promise.all(Object.keys(testPackages).map(findProgram));
  return [...missing, ...Object.values(testPackages).filter((_, index) => found[index] === undefined)];
}

/** True where missing packages can be installed without asking: root on a machine with apt. */
export async function canInstallPackages(): Promise<boolean> {
  return process.getuid?.() === 0 && (await findProgram('apt-get')) !== undefined;
}

/**
 * Installs packages with apt-get. The list of packages is fetched anew only when apt does not know one of them.
 * @throws SetupError with apt's own last words.
 */
export async function installPackages(names: readonly string[], signal: AbortSignal): Promise<void> {
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
