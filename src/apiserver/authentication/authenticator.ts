/**
 * Authentication: who is asking? Two ports. An Authenticator looks at all that a request brings; a TokenAuthenticator at
 * a bearer token alone, so that requests and TokenReviews ask the same ones. Each leaves to the next what is not its own.
 */
import type { X509Certificate } from 'node:crypto';
import type { HeaderValues } from '../http/header-values.ts';
import type { User } from '../user.ts';
import type { MaybeLater } from '../../base/maybe-later.ts';

export interface Credentials {
  readonly certificate: PresentedCertificate | undefined;
  /** What stands behind `Bearer ` in the Authorization header. */
  readonly bearerToken: string | undefined;
  /** All headers; read only when somebody needs them. */
  readonly headers: () => HeaderValues;
  /** The path that is asked for: anonymous requests may be limited to some. */
  readonly path: string;
}

/** A client certificate as TLS took it; `trusted`: its chain ends at one of the authorities the listener knows. */
export interface PresentedCertificate {
  readonly leaf: X509Certificate;
  readonly trusted: boolean;
}

export interface Authenticator {
  /** Undefined = not mine. Answers at once where it can. Throws or rejects with a TokenError when it is mine and wrong. */
  authenticate(credentials: Credentials): MaybeLater<User | undefined>;
}

export interface TokenAuthenticator {
  /**
   * Undefined = not mine. Throws or rejects with a TokenError when the token is mine and does not hold.
   * @param audiences for whom the token must be: those of this server, or those that a TokenReview asks about.
   */
  authenticateToken(token: string, audiences: readonly string[]): MaybeLater<TokenIdentity | undefined>;
}

export interface TokenIdentity {
  readonly user: User;
  /** The audiences that were asked for and that the token is for. */
  readonly audiences: readonly string[];
}

/** The credential is of a known sort and does not hold. The message may be shown; it never has the token in it. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** Both; in the order of the first. */
export const audiencesInBoth = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((each) => others.includes(each));
