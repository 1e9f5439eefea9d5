/** The bearer token of a request, and several ways to read one asked as a single one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { TokenAuthenticator, TokenIdentity } from './authenticator.ts';
import { andThen, type MaybeLater } from '../../base/maybe-later.ts';
import { askInTurn } from './ask-in-turn.ts';

/** From the Authorization header, or from the sub-protocol by which browsers send it on web sockets. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const protocols = String(headers['sec-websocket-protocol'] ?? '');
  const encoded = /base64url\.bearer\.authorization\.k8s\.io\.([^,\s]+)/.exec(protocols)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}

const unknownToken = 'invalid bearer token';

/** Undefined: nobody knows the token; why is added to `faults` as one text. One that finds fault keeps no other from knowing it. */
export function identify(
  authenticators: readonly TokenAuthenticator[],
  token: string,
  audiences: readonly string[],
  faults: string[],
): MaybeLater<TokenIdentity | undefined> {
  const said: string[] = [];
  const identity = askInTurn(authenticators, (one) => one.authenticateToken(token, audiences), said);
  return andThen(identity, (known) => {
    if (known === undefined) faults.push(joined(said));
    return known;
  });
}

function joined(faults: readonly string[]): string {
  const told = faults.filter((fault) => fault !== unknownToken);
  return told.length === 0 ? unknownToken : `[${[unknownToken, ...new Set(told)].join(', ')}]`;
}
