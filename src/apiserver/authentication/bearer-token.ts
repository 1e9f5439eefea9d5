/** The bearer token of a request, and several ways to read one asked as a single one. */
import type { IncomingHttpHeaders } from 'node:http';
import { TokenError, type TokenAuthenticator, type TokenIdentity } from './authenticator.ts';

/** From the Authorization header, or from the sub-protocol by which browsers send it on web sockets. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const protocols = String(headers['sec-websocket-protocol'] ?? '');
  const encoded = /base64url\.bearer\.authorization\.k8s\.io\.([^,\s]+)/.exec(protocols)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}

const unknownToken = 'invalid bearer token';

/**
 * Asks each in turn; one that finds fault does not keep the next from knowing the token.
 * @throws TokenError with all that was said when nobody knows it.
 */
export async function authenticateToken(
  authenticators: readonly TokenAuthenticator[],
  token: string,
  audiences: readonly string[],
): Promise<TokenIdentity> {
  const faults: string[] = [];
  for (const authenticator of authenticators) {
    try {
      const identity = await authenticator.authenticateToken(token, audiences);
      if (identity !== undefined) return identity;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      faults.push(error.message);
    }
  }
  const told = faults.filter((fault) => fault !== unknownToken);
  throw new TokenError(told.length === 0 ? unknownToken : `[${[unknownToken, ...new Set(told)].join(', ')}]`);
}
