/** Signs certificates for the keys of others (RFC 5280): subject and names are the request's, everything else the signer's. */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import {
  extension,
  keyIdentifier,
  keyUsage,
  certificateParts,
  pem,
  serialNumber,
  type KeyPair,
} from './certificate.ts';
import type { SigningRequest } from './certificate-request.ts';
import * as der from './der.ts';

export interface SigningTerms {
  /** Bits of RFC 5280 4.2.1.3, the first one highest; a second byte for the ninth. */
  readonly keyUsageBits: number;
  /** Object identifiers of what the key may be used for. */
  readonly extendedUsages: readonly string[];
  readonly notBeforeMs: number;
  /** Cut to the end of the authority's own certificate. */
  readonly notAfterMs: number;
}

/** PEM. */
export function signCertificate(request: SigningRequest, terms: SigningTerms, authority: KeyPair): string {
  const issuer = certificateParts(authority.certificate);
  const key = createPrivateKey(authority.key);
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? der.sequence(der.objectIdentifier('1.2.840.113549.1.1.11'), Buffer.of(5, 0))
      : der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
  const end = new X509Certificate(authority.certificate).validToDate.getTime();
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(serialNumber()),
    algorithm,
    issuer.subject,
    der.sequence(der.time(terms.notBeforeMs), der.time(Math.min(terms.notAfterMs, end))),
    request.subject,
    request.publicKey,
    der.explicit(3, der.sequence(...extensions(request, terms, issuer.publicKey))),
  );
  return pem('CERTIFICATE', der.sequence(body, algorithm, der.bitString(sign('sha256', body, key))));
}

function extensions(request: SigningRequest, terms: SigningTerms, issuerKey: Buffer): readonly Buffer[] {
  const { keyUsageBits, extendedUsages } = terms;
  const list: Buffer[] = [];
  if (keyUsageBits !== 0) list.push(extension('2.5.29.15', keyUsage(keyUsageBits), true));
  if (extendedUsages.length > 0) {
    list.push(extension('2.5.29.37', der.sequence(...extendedUsages.map(der.objectIdentifier))));
  }
  list.push(
    extension('2.5.29.19', der.sequence(), true),
    extension('2.5.29.35', der.sequence(der.implicit(0, keyIdentifier(issuerKey)))),
  );
  if (request.alternativeNames !== undefined) {
    const type = der.objectIdentifier('2.5.29.17');
    list.push(der.sequence(type, der.octetString(request.alternativeNames)));
  }
  return list;
}
