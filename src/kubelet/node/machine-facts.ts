/** What a node reports about the machine it is: read once when the kubelet starts. */
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';

export interface MachineFacts {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly architecture: string;
  readonly operatingSystem: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
}

/** `directory`: on the file system that pods write to. */
export async function readMachineFacts(directory: string): Promise<MachineFacts> {
  const [disk, release_, machineId, productUuid, bootId] = await Promise.all([
    statfs(directory),
    readText('/etc/os-release'),
    readText('/etc/machine-id'),
    readText('/sys/class/dmi/id/product_uuid'),
    readText('/proc/sys/kernel/random/boot_id'),
  ]);
  return {
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    diskBytes: disk.blocks * disk.bsize,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    operatingSystem: process.platform === 'win32' ? 'windows' : process.platform,
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(release_)?.[1] ?? process.platform,
    machineId: machineId.trim(),
    systemUuid: productUuid.trim() === '' ? machineId.trim() : productUuid.trim(),
    bootId: bootId.trim(),
  };
}

/** Not every machine has every file, and some are root's. */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
