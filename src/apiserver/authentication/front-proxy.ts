/**
 * The front proxy: a client that shows a certificate of the front proxy's authority says in headers for whom it asks
 * (--requestheader-*). Aggregated API servers learn in this way who their users are. Headers of anybody else are nothing.
 */
import type { X509Certificate } from 'node:crypto';
import { valuesBelow, type HeaderValues } from '../http/header-values.ts';
import type { User } from '../user.ts';
import { TokenError, type Authenticator } from './authenticator.ts';
import { checkCertificate, commonNameOf } from './client-certificates.ts';

export interface FrontProxyOptions {
  readonly authorities: () => readonly X509Certificate[];
  /** Common names of proxies; none = every certificate of the authorities. */
  readonly allowedNames: readonly string[];
  /** Header names in any case; the first with a value says the user. */
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

export function createFrontProxyAuthenticator(options: FrontProxyOptions, now: () => number): Authenticator {
  const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.trim().toLowerCase());
  const usernameHeaders = lower(options.usernameHeaders);
  const uidHeaders = lower(options.uidHeaders);
  const groupHeaders = lower(options.groupHeaders);
  const prefixes = lower(options.extraHeaderPrefixes);
  return {
    authenticate({ certificate, headers }) {
      if (certificate === undefined || options.authorities().length === 0) return undefined;
      checkCertificate(certificate, options.authorities(), now());
      const commonName = commonNameOf(certificate.leaf);
      if (options.allowedNames.length > 0 && !options.allowedNames.includes(commonName)) {
        throw new TokenError(`x509: subject with cn=${commonName} is not in the allowed list`);
      }
      const sent = headers();
      const name = firstValue(sent, usernameHeaders);
      if (name === '') return undefined;
      const uid = firstValue(sent, uidHeaders);
      const extra = Object.assign({}, ...prefixes.map((prefix) => valuesBelow(sent, prefix))) as User['extra'] & object;
      return {
        name,
        groups: groupHeaders.flatMap((header) => sent[header] ?? []).filter((group) => group !== ''),
        ...(uid === '' ? {} : { uid }),
        ...(Object.keys(extra).length === 0 ? {} : { extra }),
      };
    },
  };
}

function firstValue(headers: HeaderValues, names: readonly string[]): string {
  for (const name of names) {
    const value = headers[name]?.[0] ?? '';
    if (value !== '') return value;
  }
  return '';
}
