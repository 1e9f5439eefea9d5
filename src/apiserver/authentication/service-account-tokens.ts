/**
 * Tokens of service accounts: JWTs that this server signs for pods and other clients, and believes when they come back.
 *
 * A signature is checked once and its claims are remembered; times and what the token is bound to are looked at each time,
 * so that a token ends with its pod, at once. Limit: `maxVerified` tokens are remembered, by their hashes.
 */
import { hash } from 'node:crypto';
import { audiencesInBoth, TokenError, type TokenAuthenticator } from './authenticator.ts';
import { parseToken, signToken, verifyToken, type ParsedToken } from './json-web-token.ts';
import type { TokenLookups } from '../metrics/credential-metrics.ts';
import { legacyIssuer, legacyUser, type LabelSecret, type LegacyTokens } from './legacy-tokens.ts';
import {
  checkBindings,
  checkTimes,
  tokenClaims,
  isClaims,
  userOf,
  type Claims,
  type FindObject,
  type TokenRequest,
} from './service-account-claims.ts';
import { keySetOf, readSigningKeys, type SigningKeys } from './signing-keys.ts';

export const defaultIssuer = 'https://kubernetes.default.svc';
const maxVerified = 4096;

/** What kubelets ask for when the pod said nothing; see `extendExpiration`. */
const projectedSeconds = 3607;
const extendedSeconds = 365 * 86_400;

export interface ServiceAccountTokenOptions {
  /** PEM; may still be in the making. */
  readonly signingKey: string | Promise<string>;
  /** PEM files of further keys whose tokens are believed; none = the signing key alone. */
  readonly verifyingKeys: readonly string[];
  /** The first is written into tokens, all are believed. */
  readonly issuers: readonly string[];
  /** For whom tokens are when nobody says. */
  readonly audiences: readonly string[];
  /** Where others find the keys; undefined = below the issuer. */
  readonly jwksUri?: string | undefined;
  /** Tokens of pods for this server live a year, for programs that never read theirs again. */
  readonly extendExpiration: boolean;
  /** The longest life of a token that may be asked for; undefined = no limit. */
  readonly maxExpirationSeconds?: number | undefined;
  readonly find: FindObject;
  readonly label: LabelSecret;
  /** Told how old a good token was. */
  readonly used?: ((age: 'legacy' | 'stale' | 'valid') => void) | undefined;
  readonly secretUsed?: LegacyTokens['used'];
  readonly lookups?: TokenLookups | undefined;
  readonly now: () => number;
}

export interface ServiceAccountTokens extends TokenAuthenticator {
  readonly issuer: string;
  /** The token, and when it ends as far as its owner is told, in seconds since 1970. */
  issue(request: TokenRequest): Promise<IssuedToken>;
  /** The longest life that may be had of what is asked for. */
  readonly maxExpirationSeconds: number | undefined;
  /** The OpenID Connect discovery document. */
  discovery(): Promise<DiscoveryDocument>;
  /** The public keys as a JSON Web Key Set. */
  keySet(): Promise<{ readonly keys: readonly object[] }>;
}

export interface IssuedToken {
  readonly token: string;
  readonly expirationSeconds: number;
}

export interface DiscoveryDocument {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly response_types_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
}

export function createServiceAccountTokens(options: ServiceAccountTokenOptions): ServiceAccountTokens {
  const { issuers, audiences, now } = options;
  const issuer = issuers[0] ?? defaultIssuer;
  let reading: Promise<SigningKeys> | undefined;
  const keys = (): Promise<SigningKeys> =>
    (reading ??= Promise.resolve(options.signingKey).then((pem) => readSigningKeys(pem, options.verifyingKeys)));
  const verified = new Map<string, ParsedToken['claims']>();
  const read = async (token: string): Promise<ParsedToken['claims'] | undefined> => {
    const fingerprint = hash('sha256', token, 'base64');
    const known = verified.get(fingerprint);
    if (known !== undefined) {
      options.lookups?.hit();
      return known;
    }
    const parsed = parseToken(token);
    if (parsed === undefined) return undefined;
    const { iss } = parsed.claims;
    if (typeof iss !== 'string' || (iss !== legacyIssuer && !issuers.includes(iss))) return undefined;
    const checked = keys().then((known) => checkSignature(parsed, known));
    await (options.lookups?.miss(checked) ?? checked);
    if (verified.size >= maxVerified) verified.clear();
    verified.set(fingerprint, parsed.claims);
    return parsed.claims;
  };
  return {
    issuer,
    maxExpirationSeconds: options.maxExpirationSeconds,
    async issue(asked) {
      const request = options.extendExpiration ? extended(asked, audiences) : asked;
      const { signing, signingKeyId } = await keys();
      const claims = tokenClaims(request, issuer, now());
      return {
        token: signToken(claims, signing, signingKeyId),
        expirationSeconds: claims.iat + asked.lifetimeSeconds,
      };
    },
    async authenticateToken(token, wanted) {
      const claims = await read(token);
      if (claims === undefined) return undefined;
      const named = audiencesOf(claims);
      const said = named.length === 0 ? audiences : named;
      const both = audiencesInBoth(wanted, said);
      if (both.length === 0) {
        throw new TokenError(`token audiences ${goList(said)} is invalid for the target audiences ${goList(wanted)}`);
      }
      if (claims['iss'] === legacyIssuer) {
        const user = await legacyUser({ ...options, used: options.secretUsed }, token, claims);
        options.used?.('legacy');
        return { user, audiences: both };
      }
      if (!isClaims(claims))
        throw new TokenError('service account token claims could not be validated due to unexpected private claim');
      const own = claims as unknown as Claims;
      checkTimes(own, now());
      await checkBindings(own['kubernetes.io'], options.find, now());
      const { warnafter } = own['kubernetes.io'];
      if (warnafter !== undefined) options.used?.(now() / 1000 > warnafter ? 'stale' : 'valid');
      return { user: userOf(own), audiences: both };
    },
    discovery: async () => ({
      issuer,
      jwks_uri: options.jwksUri ?? `${issuer.replace(/\/$/, '')}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [
        ...new Set((await keys()).verifying.map(({ algorithm }) => algorithm)),
      ].toSorted(),
    }),
    keySet: async () => keySetOf(await keys()),
  };
}

/** A pod's token for this server alone, of the life that kubelets ask for by themselves, gets a year. */
function extended(asked: TokenRequest, own: readonly string[]): TokenRequest {
  const forServer = asked.audiences.length === own.length && asked.audiences.every((one) => own.includes(one));
  if (asked.bound?.kind !== 'Pod' || asked.lifetimeSeconds !== projectedSeconds || !forServer) return asked;
  return { ...asked, lifetimeSeconds: extendedSeconds, warnAfterSeconds: asked.lifetimeSeconds };
}

/** @throws TokenError */
function checkSignature(token: ParsedToken, { verifying }: SigningKeys): void {
  const { kid } = token.header;
  const candidates = kid === undefined ? verifying : verifying.filter(({ id }) => id === kid);
  if (candidates.length === 0) throw new TokenError('invalid signature, no keys found');
  if (candidates.some(({ key, algorithm }) => verifyToken(token, key, [algorithm]))) return;
  throw new TokenError('go-jose/go-jose: error in cryptographic primitive');
}

function audiencesOf({ aud }: ParsedToken['claims']): readonly string[] {
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) ? aud.filter((one): one is string => typeof one === 'string') : [];
}

/** A list of texts as Go prints it with %q. */
const goList = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
