/** Reads etcd's flags for where and how its API is served. */
import type { EtcdListening } from '../cluster/etcd-server.ts';
import type { Invocation } from './command.ts';
import { readGivenFile } from './read-given-file.ts';
import { UsageError } from './usage-error.ts';

type Flags = Invocation['flags'];

/** @throws UsageError */
export async function readEtcdListening(flags: Flags, defaultUrl: string): Promise<EtcdListening> {
  const advertiseUrls = readUrls(flags, 'advertise-client-urls');
  const name = flags.text('name');
  const tls = await readTls(flags);
  const interval = flags.text('experimental-watch-progress-notify-interval');
  return {
    listenUrls: readUrls(flags, 'listen-client-urls') ?? [defaultUrl],
    ...(advertiseUrls === undefined ? {} : { advertiseUrls }),
    ...(name === undefined ? {} : { name }),
    ...(tls === undefined ? {} : { tls }),
    ...(interval === undefined ? {} : { progressIntervalMs: readDuration(interval) }),
  };
}

/** @throws UsageError for what is no address that can be listened on. */
export function readUrls(flags: Flags, flag: string): readonly string[] | undefined {
  const urls = flags.text(flag)?.split(',');
  for (const url of urls ?? []) {
    if (!/^(https?|unixs?):\/\/./.test(url) || !URL.canParse(url)) {
      throw new UsageError(
        `--${flag} must be addresses such as http://127.0.0.1:2379 or unix:///run/etcd.sock: "${url}"`,
      );
    }
  }
  return urls;
}

async function readTls(flags: Flags): Promise<EtcdListening['tls']> {
  const cert = flags.text('cert-file');
  const key = flags.text('key-file');
  const authority = flags.text('trusted-ca-file');
  const clientCertAuth = flags.has('client-cert-auth');
  if (cert === undefined && key === undefined) {
    if (authority === undefined && !clientCertAuth) return undefined;
    throw new UsageError('--trusted-ca-file and --client-cert-auth need --cert-file');
  }
  if (cert === undefined || key === undefined) {
    throw new UsageError('--cert-file and --key-file go together');
  }
  if (clientCertAuth && authority === undefined) {
    throw new UsageError('--client-cert-auth needs --trusted-ca-file');
  }
  return {
    cert: await readGivenFile('--cert-file', cert),
    key: await readGivenFile('--key-file', key),
    ...(authority === undefined ? {} : { clientCa: await readGivenFile('--trusted-ca-file', authority) }),
    clientCertAuth,
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A time as Go writes it: 5s, 1m30s. */
function readDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new UsageError(`--experimental-watch-progress-notify-interval must be a time such as 5s: "${text}"`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
}
