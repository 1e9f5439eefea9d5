/**
 * The control group of each pod, which holds those of its containers and limits them together:
 *
 *   <root>/kubepods/podUID (guaranteed) · <root>/kubepods/burstable/podUID · <root>/kubepods/besteffort/podUID
 *
 * With cgroups v1 the cpu and memory hierarchies are written, with v2 the one tree. What lies there after a pod's end is removed.
 */
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pod } from '../../api/groups/core.v1.ts';
import { bytes, cpuPeriodMicroseconds, milli, quotaOf, sharesOf } from '../containers/resources.ts';
import { podAmounts } from '../pods/pod-amounts.ts';
import { podQosClass } from '../../api/kinds/pod/qos.ts';

export interface PodCgroups {
  /** Makes the pod's group and answers its path as the runtime wants it. */
  create(pod: Pod): Promise<string>;
  remove(uid: string): Promise<void>;
}

const mountPoint = '/sys/fs/cgroup';

/** `root`: an absolute path in the hierarchy, such as `/slipway`. */
export async function podCgroups(root: string): Promise<PodCgroups> {
  const isUnified = (await stat(join(mountPoint, 'cgroup.controllers')).catch(() => undefined)) !== undefined;
  return {
    async create(pod) {
      const path = podCgroupPath(root, pod);
      await (isUnified ? writeUnified(path, pod) : writeSplit(path, pod));
      return path;
    },
    async remove(uid) {
      const trees = isUnified ? [mountPoint] : await hierarchies();
      for (const tree of trees) {
        for (const parent of ['', 'burstable', 'besteffort']) {
          await removeTree(join(tree, root, 'kubepods', parent, `pod${uid}`));
        }
      }
    },
  };
}

function podCgroupPath(root: string, pod: Pod): string {
  const parents = { Guaranteed: '', Burstable: 'burstable', BestEffort: 'besteffort' } as const;
  return join(root, 'kubepods', parents[podQosClass(pod.spec)], `pod${pod.metadata.uid}`);
}

async function hierarchies(): Promise<readonly string[]> {
  const names = await readdir(mountPoint).catch(() => []);
  return names.map((name) => join(mountPoint, name));
}

async function writeSplit(path: string, pod: Pod): Promise<void> {
  const { requests, limits } = podAmounts(pod);
  const cpu = join(mountPoint, 'cpu', path);
  await mkdir(cpu, { recursive: true });
  await writeFile(join(cpu, 'cpu.shares'), String(sharesOf(milli(requests['cpu']))));
  if (limits['cpu'] !== undefined) {
    await writeFile(join(cpu, 'cpu.cfs_period_us'), String(cpuPeriodMicroseconds));
    await writeFile(join(cpu, 'cpu.cfs_quota_us'), String(quotaOf(milli(limits['cpu']))));
  }
  const memory = join(mountPoint, 'memory', path);
  await mkdir(memory, { recursive: true });
  if (limits['memory'] !== undefined) {
    await writeFile(join(memory, 'memory.limit_in_bytes'), String(bytes(limits['memory'])));
  }
}

async function writeUnified(path: string, pod: Pod): Promise<void> {
  const { requests, limits } = podAmounts(pod);
  const folder = join(mountPoint, path);
  await mkdir(folder, { recursive: true });
  await delegateControllers(dirname(path));
  const shares = sharesOf(milli(requests['cpu']));
  await writeFile(join(folder, 'cpu.weight'), String(1 + Math.floor(((shares - 2) * 9999) / 262_142)));
  if (limits['cpu'] !== undefined) {
    await writeFile(join(folder, 'cpu.max'), `${quotaOf(milli(limits['cpu']))} ${cpuPeriodMicroseconds}`);
  }
  if (limits['memory'] !== undefined) await writeFile(join(folder, 'memory.max'), String(bytes(limits['memory'])));
}

/** Controllers work in a group only where every group above passes them on. */
async function delegateControllers(path: string): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = 0; depth <= parts.length; depth++) {
    const folder = join(mountPoint, ...parts.slice(0, depth));
    const available = (await readFile(join(folder, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    const wanted = ['cpu', 'cpuset', 'memory', 'pids', 'io', 'hugetlb'].filter((name) => available.includes(name));
    await writeFile(join(folder, 'cgroup.subtree_control'), wanted.map((name) => `+${name}`).join(' '));
  }
}

/** Groups that still have processes stay: whoever ends them removes them. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EBUSY' && error.code !== 'ENOENT') throw error;
  });
}
