/** What the server looks at in the header fields of every request. */
import type { IncomingHttpHeaders } from 'node:http';
import { bearerToken } from '../authentication/bearer-token.ts';
import { asksToImpersonate } from '../authentication/impersonation.ts';

export interface HeaderFacts {
  readonly userAgent: string;
  readonly accept: string;
  readonly contentType: string;
  readonly bearerToken: string | undefined;
  readonly asksToImpersonate: boolean;
}

export function readHeaderFacts(headers: IncomingHttpHeaders): HeaderFacts {
  return {
    userAgent: headers['user-agent'] ?? '',
    accept: headers.accept ?? '',
    contentType: headers['content-type'] ?? '',
    bearerToken: bearerToken(headers),
    asksToImpersonate: asksToImpersonate(headers),
  };
}
