/**
 * OpenID Connect: tokens that an issuer outside the cluster has signed. The issuer is a claim of the token; everything else
 * of it counts only after its signature is checked with that issuer's keys.
 * https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
import type { User } from '../../user.ts';
import { TokenError } from '../authenticator.ts';
import { parseToken, verifyToken, type ParsedToken } from '../json-web-token.ts';
import { userFromClaims } from './claims.ts';
import type { CheckedJwt } from './configuration.ts';
import { createIssuerKeys } from './issuer-keys.ts';

export interface OidcOptions {
  readonly jwt: CheckedJwt;
  /** Names of signature algorithms that count. */
  readonly algorithms: readonly string[];
  readonly now: () => number;
}

const notBeforeLeewaySeconds = 300;

/** @returns who has a token; undefined when it is of another issuer. */
export function createOidc({ jwt, algorithms, now }: OidcOptions): (token: string) => Promise<User | undefined> {
  const { url = '', discoveryURL, certificateAuthority: ca, audiences = [] } = jwt.configuration.issuer ?? {};
  const server = ca === undefined || ca === '' ? {} : { ca };
  const keys = createIssuerKeys({ issuer: url, discoveryUrl: discoveryURL, server, now });
  return async (token) => {
    const parsed = parseToken(token);
    if (parsed === undefined || issuerOf(parsed) !== url) return undefined;
    const fail = (why: string): TokenError => new TokenError(`oidc: verify token: ${why}`);
    const said = audiencesOf(parsed);
    if (!said.some((audience) => audiences.includes(audience))) {
      throw fail(`oidc: expected audience in ${goList(audiences)} got ${goList(said)}`);
    }
    checkTimes(parsed, now(), fail);
    const { alg, kid } = parsed.header;
    if (!algorithms.includes(alg)) {
      throw fail(
        `oidc: id token signed with unsupported algorithm, expected ${goList(algorithms)} got ${JSON.stringify(alg)}`,
      );
    }
    const candidates = await keys.find(kid);
    if (!candidates.some((key) => verifyToken(parsed, key, [alg]))) {
      throw fail('failed to verify signature: failed to verify id token signature');
    }
    return userFromClaims(jwt, parsed.claims);
  };
}

/** Google's tokens name their issuer in two ways. */
function issuerOf({ claims }: ParsedToken): unknown {
  return claims['iss'] === 'accounts.google.com' ? 'https://accounts.google.com' : claims['iss'];
}

function audiencesOf({ claims }: ParsedToken): readonly string[] {
  const { aud } = claims;
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) ? aud.filter((one): one is string => typeof one === 'string') : [];
}

function checkTimes({ claims }: ParsedToken, nowMs: number, fail: (why: string) => TokenError): void {
  const { exp, nbf } = claims;
  const seconds = nowMs / 1000;
  if (typeof exp !== 'number' || exp < seconds) throw fail('oidc: token is expired');
  if (typeof nbf === 'number' && seconds + notBeforeLeewaySeconds < nbf) {
    throw fail('current time is before the nbf (not before) time');
  }
}

const goList = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
