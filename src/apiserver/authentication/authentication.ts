/**
 * All ways to say who one is, asked in Kubernetes' order: front proxy, client certificate, bearer token (of the static file,
 * a service account, bootstrap, OpenID Connect, webhook), nobody.
 *
 * A credential that is wrong does not end the search: another one of the same request may be right. Only when none is, and
 * one was wrong, the request is refused; a bad token never becomes the anonymous user.
 */
import { ApiError } from '../../api/api-error.ts';
import type { Log } from '../../base/log.ts';
import { authenticated, type User } from '../user.ts';
import { anonymousUser, type AnonymousOptions } from './anonymous.ts';
import {
  audiencesInBoth,
  TokenError,
  type Authenticator,
  type Credentials,
  type TokenAuthenticator,
} from './authenticator.ts';
import { authenticateToken } from './bearer-token.ts';

export type TokenVerdict =
  | { readonly ok: true; readonly user: User; readonly audiences: readonly string[] }
  /** In Kubernetes' words. */
  | { readonly ok: false; readonly error: string };

export interface Authentication {
  /** For whom tokens must be that open this server. */
  readonly audiences: readonly string[];
  /** @throws ApiError Unauthorized when a credential is wrong, or when there is none and nobody may not ask. */
  authenticate(credentials: Credentials): Promise<User>;
  /** Who has a bearer token, as the server itself would see it, for one of these audiences. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenVerdict>;
}

export interface AuthenticationParts {
  readonly audiences: readonly string[];
  /** Those that look at the whole request. */
  readonly requests: readonly Authenticator[];
  readonly tokens: readonly TokenAuthenticator[];
  readonly anonymous: () => AnonymousOptions;
  readonly log: Log;
}

export function createAuthentication(parts: AuthenticationParts): Authentication {
  const { audiences, requests, tokens, anonymous, log } = parts;
  const find = async (credentials: Credentials, faults: string[]): Promise<User | undefined> => {
    for (const authenticator of requests) {
      const user = await unlessFault(authenticator.authenticate(credentials), faults);
      if (user !== undefined) return user;
    }
    if (credentials.bearerToken === undefined) return undefined;
    return (await unlessFault(authenticateToken(tokens, credentials.bearerToken, audiences), faults))?.user;
  };
  return {
    audiences,
    async authenticate(credentials) {
      const faults: string[] = [];
      const user = await find(credentials, faults);
      if (user !== undefined) return authenticated(user);
      const nobody = faults.length > 0 ? undefined : anonymousUser(anonymous(), credentials.path);
      if (nobody !== undefined) return nobody;
      if (faults.length > 0) log.debug('Refused a credential', { why: faults.join('; ') });
      throw new ApiError('Unauthorized', 'Unauthorized');
    },
    async reviewToken(token, wanted) {
      const faults: string[] = [];
      const identity = await unlessFault(authenticateToken(tokens, token, wanted), faults);
      if (identity === undefined) return { ok: false, error: faults.join(', ') };
      return { ok: true, user: authenticated(identity.user), audiences: identity.audiences };
    },
  };
}

async function unlessFault<T>(asked: Promise<T>, faults: string[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    faults.push(error.message);
    return undefined;
  }
}

/** Tokens that say nothing of audiences are for this server. */
export function forOwnAudience(
  own: readonly string[],
  find: (token: string) => Promise<User | undefined>,
): TokenAuthenticator {
  return {
    async authenticateToken(token, wanted) {
      const both = audiencesInBoth(wanted, own);
      if (both.length === 0) return undefined;
      const user = await find(token);
      return user === undefined ? undefined : { user, audiences: both };
    },
  };
}
