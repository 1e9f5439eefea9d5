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
import { audiencesInBoth, type Authenticator, type Credentials, type TokenAuthenticator } from './authenticator.ts';
import { identify } from './bearer-token.ts';
import { andThen, type MaybeLater } from '../../base/maybe-later.ts';
import { askInTurn } from './ask-in-turn.ts';

export type TokenVerdict =
  | { readonly ok: true; readonly user: User; readonly audiences: readonly string[] }
  /** In Kubernetes' words. */
  | { readonly ok: false; readonly error: string };

export interface Authentication {
  /** For whom tokens must be that open this server. */
  readonly audiences: readonly string[];
  /** Throws, or rejects with, ApiError Unauthorized when a credential is wrong, or when there is none and nobody may not ask. */
  authenticate(credentials: Credentials): MaybeLater<User>;
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
  const find = (credentials: Credentials, faults: string[]): MaybeLater<User | undefined> => {
    const { bearerToken: token } = credentials;
    const user = askInTurn(requests, (one) => one.authenticate(credentials), faults);
    if (token === undefined) return user;
    return andThen(
      user,
      (found) => found ?? andThen(identify(tokens, token, audiences, faults), (known) => known?.user),
    );
  };
  const decide = (user: User | undefined, credentials: Credentials, faults: readonly string[]): User => {
    if (user !== undefined) return authenticated(user);
    const nobody = faults.length > 0 ? undefined : anonymousUser(anonymous(), credentials.path);
    if (nobody !== undefined) return nobody;
    if (faults.length > 0) log.debug('Refused a credential', { why: faults.join('; ') });
    throw new ApiError('Unauthorized', 'Unauthorized');
  };
  return {
    audiences,
    authenticate(credentials) {
      const faults: string[] = [];
      const user = find(credentials, faults);
      if (user instanceof Promise) return user.then((found) => decide(found, credentials, faults));
      return decide(user, credentials, faults);
    },
    async reviewToken(token, wanted) {
      const faults: string[] = [];
      const identity = await identify(tokens, token, wanted, faults);
      if (identity === undefined) return { ok: false, error: faults.join(', ') };
      return { ok: true, user: authenticated(identity.user), audiences: identity.audiences };
    },
  };
}

/** Tokens that say nothing of audiences are for this server. */
export function forOwnAudience(
  own: readonly string[],
  find: (token: string) => MaybeLater<User | undefined>,
): TokenAuthenticator {
  return {
    authenticateToken(token, wanted) {
      const both = audiencesInBoth(wanted, own);
      if (both.length === 0) return undefined;
      return andThen(find(token), (user) => (user === undefined ? undefined : { user, audiences: both }));
    },
  };
}
