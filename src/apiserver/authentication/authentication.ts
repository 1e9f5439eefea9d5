/** All ways to say who one is, asked in turn: certificates, static tokens, tokens of service accounts. */
import { ApiError } from '../../api/api-error.ts';
import type { Log } from '../../base/log.ts';
import { anonymous, authenticated, type User } from '../user.ts';
import { certificateAuthenticator, type Authenticator, type Credentials } from './authenticator.ts';
import { apiAudiences, TokenError, type ServiceAccountTokens } from './service-account-tokens.ts';
import { createStaticTokenAuthenticator } from './static-tokens.ts';

export type TokenVerdict =
  | { readonly ok: true; readonly user: User; readonly audiences: readonly string[] }
  /** In Kubernetes' words. */
  | { readonly ok: false; readonly error: string };

export interface Authentication {
  /** A bearer token that nobody knows is refused; no credential at all is the anonymous user. @throws ApiError */
  authenticate(credentials: Credentials): Promise<User>;
  /** Who has a bearer token, as the server itself would see it, for one of these audiences. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenVerdict>;
}

/** `file`: content of the static token file. */
export function createAuthentication(
  file: string | undefined,
  tokens: ServiceAccountTokens,
  now: () => number,
  log: Log,
): Authentication {
  const fixed: readonly Authenticator[] = file === undefined ? [] : [createStaticTokenAuthenticator(file)];
  const authenticators = [certificateAuthenticator, ...fixed, tokens];
  return {
    async authenticate(credentials) {
      for (const authenticator of authenticators) {
        try {
          const user = await authenticator.authenticate(credentials);
          if (user !== undefined) return authenticated(user);
        } catch (error) {
          log.debug('Refused a credential', { why: error instanceof Error ? error.message : String(error) });
          throw new ApiError('Unauthorized', 'Unauthorized');
        }
      }
      if (credentials.bearerToken !== undefined) throw new ApiError('Unauthorized', 'Unauthorized');
      return anonymous;
    },
    async reviewToken(token, audiences) {
      const known = await fixed[0]?.authenticate({ certificate: undefined, bearerToken: token });
      const own = audiences.filter((audience) => apiAudiences.includes(audience));
      if (known !== undefined && own.length > 0) return { ok: true, user: authenticated(known), audiences: own };
      try {
        const { user, claims } = await tokens.review(token, audiences, now());
        const both = audiences.filter((audience) => claims.aud.includes(audience));
        return { ok: true, user: authenticated(user), audiences: both };
      } catch (error) {
        const unknown = 'invalid bearer token';
        return { ok: false, error: error instanceof TokenError ? `[${unknown}, ${error.message}]` : unknown };
      }
    },
  };
}
