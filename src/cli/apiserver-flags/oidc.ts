/**
 * Issuers of tokens outside the cluster: one by flags (--oidc-*), or several with all they can do by a file
 * (--authentication-config), which is read again when it changes.
 */
import type { FieldError } from '../../api/field-error.ts';
import type { AnonymousOptions } from '../../apiserver/authentication/anonymous.ts';
import { forOwnAudience } from '../../apiserver/authentication/authentication.ts';
import type { TokenAuthenticator } from '../../apiserver/authentication/authenticator.ts';
import { knownAlgorithms } from '../../apiserver/authentication/json-web-token.ts';
import { createOidc } from '../../apiserver/authentication/oidc/authenticator.ts';
import {
  checkJwt,
  readAuthenticationConfiguration,
  type AuthenticationConfiguration,
  type CheckedJwt,
} from '../../apiserver/authentication/oidc/configuration.ts';
import { defaultIssuer } from '../../apiserver/authentication/service-account-tokens.ts';
import type { FollowedConfiguration } from '../../apiserver/followed-configuration.ts';
import { systemClock } from '../../base/clock.ts';
import type { Flag, Invocation } from '../command.ts';
import { readGivenFile } from '../read-given-file.ts';
import { UsageError } from '../usage-error.ts';
import { followFile, type Following } from './followed-file.ts';

export const oidcFlags: Readonly<Record<string, Flag>> = {
  'authentication-config': {
    value: 'FILE',
    help: 'AuthenticationConfiguration: issuers of tokens, anonymous requests.',
  },
  'oidc-issuer-url': { value: 'URL', help: 'An OpenID Connect issuer whose tokens are believed; https.' },
  'oidc-client-id': { value: 'ID', help: 'For whom its tokens must be.' },
  'oidc-ca-file': { value: 'FILE', help: 'Authority of the issuer, PEM (default what the system trusts).' },
  'oidc-username-claim': { value: 'CLAIM', help: 'The claim that is the name of the user (default sub).' },
  'oidc-username-prefix': {
    value: 'TEXT',
    help: 'Stands before it; - for nothing (default ISSUER#, nothing for email).',
  },
  'oidc-groups-claim': { value: 'CLAIM', help: 'The claim that has the groups.' },
  'oidc-groups-prefix': { value: 'TEXT', help: 'Stands before each of them.' },
  'oidc-signing-algs': { value: 'LIST', help: 'Signatures that count (default RS256).' },
  'oidc-required-claim': { value: 'KEY=VALUE', many: true, help: 'A claim that tokens must have, with this value.' },
};

export interface Issuers {
  authenticators(audiences: readonly string[]): readonly TokenAuthenticator[];
  /** What the file says of anonymous requests now. */
  anonymous(): AnonymousOptions | undefined;
  /** The file, where there is one. */
  readonly configuration?: FollowedConfiguration;
}

/** Undefined when no flag names an issuer. */
export async function readOidcFlags(
  invocation: Invocation,
  following: Following,
  ownIssuers: readonly string[] = [defaultIssuer],
): Promise<Issuers | undefined> {
  const { flags } = invocation;
  const path = flags.text('authentication-config');
  const url = flags.text('oidc-issuer-url');
  if (path === undefined) return url === undefined ? undefined : await issuerOfFlags(invocation, url, ownIssuers);
  if (url !== undefined) throw new UsageError('--authentication-config and --oidc-* exclude one another');
  return issuersOfFile(path, following, ownIssuers);
}

async function issuersOfFile(path: string, following: Following, ownIssuers: readonly string[]): Promise<Issuers> {
  const { load } = await import('js-yaml');
  let current: AuthenticationConfiguration | undefined;
  let built: { readonly of: AuthenticationConfiguration; readonly authenticators: readonly TokenAuthenticator[] };
  const configuration = await followFile(path, 'authentication configuration', following, (text) => {
    current = readAuthenticationConfiguration(load(text), ownIssuers);
  });
  const authenticatorsNow = (audiences: readonly string[]): readonly TokenAuthenticator[] => {
    if (current === undefined) return [];
    if (built?.of !== current) {
      built = {
        of: current,
        authenticators: current.jwt.map((jwt) => authenticatorOf(jwt, knownAlgorithms, audiences)),
      };
    }
    return built.authenticators;
  };
  return {
    configuration,
    anonymous: () => current?.anonymous,
    authenticators: (audiences) => [
      {
        async authenticateToken(token, wanted) {
          for (const one of authenticatorsNow(audiences)) {
            const identity = await one.authenticateToken(token, wanted);
            if (identity !== undefined) return identity;
          }
          return undefined;
        },
      },
    ],
  };
}

function authenticatorOf(
  jwt: CheckedJwt,
  algorithms: readonly string[],
  audiences: readonly string[],
): TokenAuthenticator {
  return forOwnAudience(audiences, createOidc({ jwt, algorithms, now: systemClock.now }));
}

async function issuerOfFlags({ flags }: Invocation, url: string, ownIssuers: readonly string[]): Promise<Issuers> {
  const clientId = flags.text('oidc-client-id');
  if (clientId === undefined) throw new UsageError('--oidc-issuer-url and --oidc-client-id go together');
  const caFile = flags.text('oidc-ca-file');
  const claim = flags.text('oidc-username-claim') ?? 'sub';
  const groupsClaim = flags.text('oidc-groups-claim');
  const algorithms = flags.text('oidc-signing-algs')?.split(',') ?? ['RS256'];
  const unknown = algorithms.find((name) => !knownAlgorithms.includes(name));
  if (unknown !== undefined) throw new UsageError(`--oidc-signing-algs: oidc: unsupported signing alg: "${unknown}"`);
  const errors: FieldError[] = [];
  const configuration = {
    issuer: {
      url,
      audiences: [clientId],
      ...(caFile === undefined ? {} : { certificateAuthority: await readGivenFile('--oidc-ca-file', caFile) }),
    },
    claimMappings: {
      username: { claim, prefix: usernamePrefix(flags.text('oidc-username-prefix') ?? '', claim, url) },
      ...(groupsClaim === undefined
        ? {}
        : { groups: { claim: groupsClaim, prefix: flags.text('oidc-groups-prefix') ?? '' } }),
    },
    claimValidationRules: flags.texts('oidc-required-claim').map(requiredClaim),
  };
  const jwt = checkJwt(configuration, '', ownIssuers, errors);
  if (errors.length > 0) {
    throw new UsageError(`--oidc-*: ${errors.map(({ field, message }) => `${field}: ${message}`).join(', ')}`);
  }
  return {
    anonymous: () => undefined,
    authenticators: (audiences) => [authenticatorOf(jwt, algorithms, audiences)],
  };
}

/** Names of other issuers must not be taken for ours; addresses of mail say themselves whose they are. */
function usernamePrefix(given: string, claim: string, url: string): string {
  if (given === '-') return '';
  return given === '' && claim !== 'email' ? `${url}#` : given;
}

function requiredClaim(text: string): { readonly claim: string; readonly requiredValue: string } {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`--oidc-required-claim must be KEY=VALUE: "${text}"`);
  return { claim: text.slice(0, equals), requiredValue: text.slice(equals + 1) };
}
