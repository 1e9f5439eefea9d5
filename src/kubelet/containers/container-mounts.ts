/** The mounts of a container: its volumes, and the files that the node writes for it. */
import { chmod, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Container, VolumeMount } from '../../api/groups/core.v1.ts';
import type { Mount } from '../runtimes/runtime.ts';
import { ConfigError } from './config-error.ts';
import { expandReferences } from './expand.ts';

export interface MountFacts {
  /** Paths on this machine by volume name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  /** The pod's /etc/hosts; a container that mounts its own keeps that. */
  readonly hostsFile: string | undefined;
  /** Where the container's last words go; made here. */
  readonly messageFile: string;
}

export async function containerMounts(container: Container, facts: MountFacts): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const mount of container.volumeMounts ?? []) mounts.push(await volumeMount(mount, facts));
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

async function volumeMount(mount: VolumeMount, { volumes, variables }: MountFacts): Promise<Mount> {
  const { name, mountPath, readOnly = false, subPath = '', subPathExpr = '', mountPropagation = '' } = mount;
  const volume = volumes.get(name);
  if (volume === undefined) throw new ConfigError(`cannot find volume "${name}" to mount into container`);
  const below = subPathExpr === '' ? subPath : expandReferences(subPathExpr, variables);
  const propagation = propagations[mountPropagation];
  return {
    containerPath: mountPath.startsWith('/') ? mountPath : `/${mountPath}`,
    hostPath: below === '' ? volume : await pathInVolume(volume, below),
    readonly: readOnly,
    ...(propagation === undefined ? {} : { propagation }),
  };
}

/** A part of a volume; links in it must not lead out. A folder is made where there is nothing. */
async function pathInVolume(volume: string, subPath: string): Promise<string> {
  const refused = new ConfigError(`failed to prepare subPath for volumeMount: "${subPath}" is outside its volume`);
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) throw refused;
  const root = await realpath(volume);
  const wanted = join(root, subPath);
  const found = await realpath(wanted).catch(() => undefined);
  if (found === undefined) await mkdir(wanted, { recursive: true, mode: 0o750 });
  const real = await realpath(wanted);
  const way = relative(root, real);
  if (way.startsWith('..') || way.startsWith('/')) throw refused;
  return real;
}
