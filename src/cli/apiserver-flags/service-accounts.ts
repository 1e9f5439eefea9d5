/** Flags about tokens of service accounts, under kube-apiserver's names. */
import type { AuthenticationOptions } from '../../apiserver/authentication/configure.ts';
import { parseDuration } from '../../api/duration.ts';
import type { Flag, Invocation } from '../command.ts';
import { readGivenFile } from '../read-given-file.ts';
import { UsageError } from '../usage-error.ts';

export const serviceAccountFlags: Readonly<Record<string, Flag>> = {
  'service-account-issuer': {
    value: 'URL',
    many: true,
    help: 'Who issues tokens of service accounts; further ones are believed too (default https://kubernetes.default.svc).',
  },
  'service-account-signing-key-file': { value: 'FILE', help: 'Private key that signs them, PEM (default a new one).' },
  'service-account-key-file': {
    value: 'FILE',
    many: true,
    help: 'Public keys of tokens that are believed, PEM; several to replace a key (default that of the signing key).',
  },
  'service-account-jwks-uri': { value: 'URL', help: 'Where others find the keys (default below the issuer).' },
  'service-account-extend-token-expiration': {
    help: 'Let tokens of pods live a year, for programs that read theirs once (default true).',
  },
  'service-account-max-token-expiration': { value: 'TIME', help: 'The longest life of a token that is asked for.' },
  'service-account-lookup': { help: 'Check that the account still exists; it always is checked.' },
  'api-audiences': { value: 'LIST', help: 'For whom tokens must be that open this server (default the issuers).' },
};

type Options = Pick<AuthenticationOptions, 'audiences'> & {
  readonly serviceAccounts: Partial<AuthenticationOptions['serviceAccounts']>;
};

export async function readServiceAccountFlags({ flags }: Invocation): Promise<Options> {
  const issuers = flags.texts('service-account-issuer');
  const signing = flags.text('service-account-signing-key-file');
  const keyFiles = flags.texts('service-account-key-file');
  const jwksUri = flags.text('service-account-jwks-uri');
  const audiences = flags.text('api-audiences')?.split(',');
  const maxExpirationSeconds = readMaxExpiration(flags.text('service-account-max-token-expiration'));
  const read = (name: string, path: string): Promise<string> => readGivenFile(`--${name}`, path);
  return {
    serviceAccounts: {
      ...(issuers.length === 0 ? {} : { issuers }),
      ...(signing === undefined ? {} : { signingKey: await read('service-account-signing-key-file', signing) }),
      ...(keyFiles.length === 0
        ? {}
        : { verifyingKeys: await Promise.all(keyFiles.map((path) => read('service-account-key-file', path))) }),
      ...(jwksUri === undefined ? {} : { jwksUri }),
      ...(maxExpirationSeconds === undefined ? {} : { maxExpirationSeconds }),
      extendExpiration: flags.switched('service-account-extend-token-expiration') ?? true,
    },
    ...(audiences === undefined ? {} : { audiences }),
  };
}

function readMaxExpiration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text) / 1000;
  if (seconds === 0) return undefined;
  if (seconds >= 3600 && seconds <= 2 ** 32) return seconds;
  throw new UsageError('--service-account-max-token-expiration must be from 1h to 2^32 seconds');
}
