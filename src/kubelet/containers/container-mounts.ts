/** The mounts of a container: its volumes, and the files that the node writes for it. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Container, VolumeMount } from '../../api/groups/core.v1.ts';
import type { Mount } from '../runtimes/runtime.ts';
import { ConfigError } from './config-error.ts';
import type { Mounts } from '../volumes/mounts.ts';
import { pinSubPath } from '../volumes/sub-path.ts';
import { expandReferences } from './expand.ts';

export interface MountFacts {
  /** Paths on this machine by volume name. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Names of volumes that nobody writes to, whatever their mounts say. */
  readonly readOnlyVolumes: ReadonlySet<string>;
  readonly variables: ReadonlyMap<string, string>;
  /** The pod's /etc/hosts; a container that mounts its own keeps that. */
  readonly hostsFile: string | undefined;
  /** Where the container's last words go; made here. */
  readonly messageFile: string;
  readonly mounts: Mounts;
  /** A folder of this run of the container alone. */
  readonly subPathDirectory: string;
}

export async function containerMounts(container: Container, facts: MountFacts): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    mounts.push(await volumeMount(mount, join(facts.subPathDirectory, String(i)), facts));
  }
  const isTaken = (path: string): boolean => mounts.some(({ containerPath }) => containerPath === path);
  if (facts.hostsFile !== undefined && !isTaken('/etc/hosts')) {
    mounts.push({ containerPath: '/etc/hosts', hostPath: facts.hostsFile });
  }
  const { terminationMessagePath = '' } = container;
  if (terminationMessagePath !== '') {
    await mkdir(dirname(facts.messageFile), { recursive: true });
    await writeFile(facts.messageFile, '');
    await chmod(facts.messageFile, 0o666);
    mounts.push({ containerPath: terminationMessagePath, hostPath: facts.messageFile });
  }
  return mounts;
}

const propagations: Readonly<Record<string, Mount['propagation']>> = {
  HostToContainer: 'host-to-container',
  Bidirectional: 'bidirectional',
};

async function volumeMount(mount: VolumeMount, pin: string, facts: MountFacts): Promise<Mount> {
  const { volumes, readOnlyVolumes, variables, mounts } = facts;
  const { name, mountPath, readOnly = false, subPath = '', subPathExpr = '', mountPropagation = '' } = mount;
  const volume = volumes.get(name);
  if (volume === undefined) throw new ConfigError(`cannot find volume "${name}" to mount into container`);
  const below = subPathExpr === '' ? subPath : expandReferences(subPathExpr, variables);
  const propagation = propagations[mountPropagation];
  return {
    containerPath: mountPath.startsWith('/') ? mountPath : `/${mountPath}`,
    hostPath: below === '' ? volume : await pinSubPath(volume, below, pin, mounts),
    readonly: readOnly || readOnlyVolumes.has(name),
    ...(propagation === undefined ? {} : { propagation }),
  };
}
