/** Reads etcd's flags for where and how its API is served. */
import type { EtcdListening } from '../cluster/etcd-server.ts';
import type { Invocation } from './command.ts';
import { readGivenFile } from './read-given-file.ts';
import { UsageError } from './usage-error.ts';

type Flags = Invocation['flags'];

/**
 * @param prefix Stands before each flag of a command that serves more than etcd's API.
 * @returns undefined when no address is given. @throws UsageError
 */
export async function readEtcdListening(flags: Flags, prefix = ''): Promise<EtcdListening | undefined> {
  const listenUrls = readUrls(flags, `${prefix}listen-client-urls`);
  const advertiseUrls = readUrls(flags, `${prefix}advertise-client-urls`);
  const name = flags.text(`${prefix}name`);
  const tls = await readTls(flags, prefix);
  const interval = flags.text(`${prefix}experimental-watch-progress-notify-interval`);
  if (listenUrls === undefined) {
    if (tls !== undefined) throw new UsageError(`--${prefix}cert-file needs --${prefix}listen-client-urls`);
    return undefined;
  }
  return {
    listenUrls,
    ...(advertiseUrls === undefined ? {} : { advertiseUrls }),
    ...(name === undefined ? {} : { name }),
    ...(tls === undefined ? {} : { tls }),
    ...(interval === undefined ? {} : { progressIntervalMs: readDuration(interval) }),
  };
}

function readUrls(flags: Flags, flag: string): readonly string[] | undefined {
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

async function readTls(flags: Flags, prefix: string): Promise<EtcdListening['tls']> {
  const cert = flags.text(`${prefix}cert-file`);
  const key = flags.text(`${prefix}key-file`);
  const authority = flags.text(`${prefix}trusted-ca-file`);
  const clientCertAuth = flags.has(`${prefix}client-cert-auth`);
  if (cert === undefined && key === undefined) {
    if (authority === undefined && !clientCertAuth) return undefined;
    throw new UsageError(`--${prefix}trusted-ca-file and --${prefix}client-cert-auth need --${prefix}cert-file`);
  }
  if (cert === undefined || key === undefined) {
    throw new UsageError(`--${prefix}cert-file and --${prefix}key-file go together`);
  }
  if (clientCertAuth && authority === undefined) {
    throw new UsageError(`--${prefix}client-cert-auth needs --${prefix}trusted-ca-file`);
  }
  return {
    cert: await readGivenFile(`--${prefix}cert-file`, cert),
    key: await readGivenFile(`--${prefix}key-file`, key),
    ...(authority === undefined ? {} : { clientCa: await readGivenFile(`--${prefix}trusted-ca-file`, authority) }),
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
