/** Flags about a proxy that says in headers for whom it asks, under kube-apiserver's names. */
import { readCertificates } from '../../apiserver/authentication/certificate-pool.ts';
import type { AuthenticationOptions } from '../../apiserver/authentication/configure.ts';
import type { WatchedFiles } from '../../cluster/watched-files.ts';
import type { Flag, Invocation } from '../command.ts';

export const frontProxyFlags: Readonly<Record<string, Flag>> = {
  'requestheader-client-ca-file': {
    value: 'FILE',
    help: "Authority of the proxy's certificate, PEM (default our own).",
  },
  'requestheader-allowed-names': { value: 'LIST', help: 'Common names of the proxy; none = any of the authority.' },
  'requestheader-username-headers': { value: 'LIST', help: 'Headers with the name of the user.' },
  'requestheader-uid-headers': { value: 'LIST', help: "Headers with the user's uid." },
  'requestheader-group-headers': { value: 'LIST', help: "Headers with the user's groups." },
  'requestheader-extra-headers-prefix': { value: 'LIST', help: 'What headers with extra values begin with.' },
};

/** Without an authority the cluster's own front proxy is the one that is known. */
export async function readFrontProxyFlags(
  { flags }: Invocation,
  files: WatchedFiles,
): Promise<Pick<AuthenticationOptions, 'frontProxy'>> {
  const path = flags.text('requestheader-client-ca-file');
  if (path === undefined) return {};
  const list = (name: string): readonly string[] =>
    (flags.text(`requestheader-${name}`) ?? '').split(',').filter((each) => each !== '');
  return {
    frontProxy: {
      ca: await files.open(path, readCertificates),
      allowedNames: list('allowed-names'),
      usernameHeaders: list('username-headers'),
      uidHeaders: list('uid-headers'),
      groupHeaders: list('group-headers'),
      extraHeaderPrefixes: list('extra-headers-prefix'),
    },
  };
}
