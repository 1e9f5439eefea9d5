/** Flags about the listener's certificates and ciphers, under kube-apiserver's names. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { knownCipherSuites, type Certificate, type ServingOptions } from '../../apiserver/http/tls.ts';
import { errorText } from '../../base/log.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import type { WatchedFiles } from '../../cluster/watched-files.ts';
import type { Flag, Invocation } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const tlsFlags: Readonly<Record<string, Flag>> = {
  'tls-cert-file': { value: 'FILE', help: 'Serving certificate, PEM; with --tls-private-key-file.' },
  'tls-private-key-file': { value: 'FILE', help: 'Key of the serving certificate, PEM.' },
  'tls-sni-cert-key': {
    value: 'CERT,KEY[:NAMES]',
    many: true,
    help: 'A certificate for certain names (default those in it): files, then names separated by commas.',
  },
  'tls-min-version': {
    value: 'V',
    help: 'The oldest TLS that is spoken: VersionTLS12 or VersionTLS13 (default the first).',
  },
  'tls-cipher-suites': {
    value: 'LIST',
    help: 'Cipher suites by their IANA names (default those with forward secrecy).',
  },
};

export interface TlsChoice {
  /** Undefined = the cluster's own certificate. */
  readonly serving: ServingOptions | undefined;
  readonly tls: Omit<ServingOptions, 'certificate'>;
}

/** Files are read again when they change. @throws SetupError or UsageError for what cannot be used. */
export async function readTlsFlags({ flags }: Invocation, files: WatchedFiles): Promise<TlsChoice> {
  const certFile = flags.text('tls-cert-file');
  const keyFile = flags.text('tls-private-key-file');
  const version = flags.choice('tls-min-version', ['VersionTLS12', 'VersionTLS13']);
  const cipherSuites = flags.text('tls-cipher-suites')?.split(',');
  const unknown = cipherSuites?.find((name) => !knownCipherSuites.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--tls-cipher-suites: Cipher suite ${unknown} not supported or doesn't exist`);
  const named = await Promise.all(flags.texts('tls-sni-cert-key').map((text) => readNamed(text, files)));
  const tls = {
    onChange: files.onChange,
    ...(named.length === 0 ? {} : { named }),
    ...(version === undefined ? {} : ({ minVersion: version === 'VersionTLS13' ? 'TLSv1.3' : 'TLSv1.2' } as const)),
    ...(cipherSuites === undefined ? {} : { cipherSuites }),
  };
  if (certFile === undefined && keyFile === undefined) return { serving: undefined, tls };
  if (certFile === undefined || keyFile === undefined) {
    throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  }
  return { serving: { ...tls, certificate: await openPair(certFile, keyFile, files) }, tls };
}

async function readNamed(text: string, files: WatchedFiles) {
  const [pair = '', names = ''] = text.split(':');
  const [cert, key] = pair.split(',');
  if (cert === undefined || key === undefined || cert === '' || key === '') {
    throw new UsageError(`--tls-sni-cert-key expects comma separated certificate and key file paths: "${text}"`);
  }
  return {
    names: names.split(',').filter((name) => name !== ''),
    certificate: await openPair(cert, key, files),
  };
}

/** While only one of the two files is replaced, the last pair that fits is used. */
async function openPair(certFile: string, keyFile: string, files: WatchedFiles): Promise<() => Certificate> {
  const open = async (path: string): Promise<() => string> => {
    try {
      return await files.open(path);
    } catch (error) {
      throw new SetupError(`Cannot read "${path}": ${errorText(error)}`, { cause: error });
    }
  };
  const [cert, key] = await Promise.all([open(certFile), open(keyFile)]);
  let last = { cert: cert(), key: key() };
  if (!fitTogether(last)) throw new UsageError(`"${keyFile}" is not the key of "${certFile}"`);
  return () => {
    const next = { cert: cert(), key: key() };
    if ((next.cert !== last.cert || next.key !== last.key) && fitTogether(next)) last = next;
    return last;
  };
}

function fitTogether({ cert, key }: Certificate): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
