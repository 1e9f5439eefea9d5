/** The flags that name an etcd cluster as the store, as kube-apiserver has them. */
import { parseDuration } from '../api/duration.ts';
import type { EtcdChoice } from '../cluster/etcd-client.ts';
import type { Flag, Invocation } from './command.ts';
import { readUrls } from './etcd-listening.ts';
import { readGivenFile } from './read-given-file.ts';
import { UsageError } from './usage-error.ts';

/** Which etcd, and who one is there. */
export const etcdAddressFlags: Readonly<Record<string, Flag>> = {
  'etcd-servers': {
    value: 'URLS',
    help: 'Objects are in this etcd, not in the data directory: addresses of its members, with commas between.',
  },
  'etcd-cafile': { value: 'FILE', help: 'Authority of the certificates of etcd, PEM.' },
  'etcd-certfile': { value: 'FILE', help: 'Certificate that etcd is shown, PEM; with --etcd-keyfile.' },
  'etcd-keyfile': { value: 'FILE', help: 'Its key, PEM.' },
  'etcd-prefix': { value: 'PATH', help: 'What all keys in etcd begin with (default /registry).' },
};

export const etcdClientFlags: Readonly<Record<string, Flag>> = {
  ...etcdAddressFlags,
  'etcd-compaction-interval': {
    value: 'TIME',
    help: 'How often etcd is told to forget what was superseded; 0 = not by this server (default 5m).',
  },
};

/** Undefined: the store is in the data directory. @throws UsageError */
export async function readEtcdClientFlags(flags: Invocation['flags']): Promise<EtcdChoice | undefined> {
  const servers = readUrls(flags, 'etcd-servers');
  if (servers === undefined) {
    const lonely = Object.keys(etcdClientFlags).find((name) => flags.text(name) !== undefined);
    if (lonely !== undefined) throw new UsageError(`--${lonely} needs --etcd-servers`);
    return undefined;
  }
  for (const other of ['etcd-listen-client-urls', 'backup-dir']) {
    if (flags.text(other) !== undefined) {
      throw new UsageError(`--${other} is for the store in the data directory: it does not go with --etcd-servers`);
    }
  }
  const interval = flags.text('etcd-compaction-interval') ?? '5m';
  const tls = await readTls(flags);
  return {
    servers,
    prefix: flags.text('etcd-prefix') ?? '/registry',
    compactionIntervalMs: interval === '0' ? 0 : parseDuration(interval),
    ...(tls === undefined ? {} : { tls }),
  };
}

async function readTls(flags: Invocation['flags']): Promise<EtcdChoice['tls']> {
  const read = async (flag: string): Promise<string | undefined> => {
    const path = flags.text(flag);
    return path === undefined ? undefined : readGivenFile(`--${flag}`, path);
  };
  const [ca, cert, key] = [await read('etcd-cafile'), await read('etcd-certfile'), await read('etcd-keyfile')];
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--etcd-certfile and --etcd-keyfile go together');
  }
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
