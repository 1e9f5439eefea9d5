/**
 * How the listener speaks TLS: certificates by name, the oldest version and the ciphers it takes. Without a choice only ciphers
 * with forward secrecy and authenticated encryption are offered. Certificates and authorities may change while it runs.
 */
import { X509Certificate } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates are asked for anew after `onChange` told of a change. */
export interface ServingOptions {
  readonly certificate: () => Certificate;
  /** Certificates for certain names; without `names` those that the certificate itself has. The first fitting one counts. */
  readonly named?: readonly { readonly names: readonly string[]; readonly certificate: () => Certificate }[];
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** IANA names, as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256. */
  readonly cipherSuites?: readonly string[];
  onChange?(listener: () => void): () => void;
}

/** IANA name → OpenSSL's. */
const ciphers: Readonly<Record<string, string>> = {
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
};

export const knownCipherSuites: readonly string[] = Object.keys(ciphers);

const safeCiphers = Object.values(ciphers).filter((name) => !name.endsWith('-SHA'));

/** `clientCa`: PEM of the authorities that client certificates may come from; undefined = none is asked for. */
export function secureContextOptions(serving: ServingOptions, clientCa: string | undefined): SecureContextOptions {
  const chosen = serving.cipherSuites?.flatMap((name) => ciphers[name] ?? []);
  return {
    ...serving.certificate(),
    minVersion: serving.minVersion ?? 'TLSv1.2',
    ciphers: (chosen ?? safeCiphers).join(':'),
    honorCipherOrder: true,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
}

/** Chooses the certificate for the name that a client asks for; undefined = the default one. */
export function chooseContext(
  serving: ServingOptions,
  clientCa: string | undefined,
): (serverName: string) => SecureContext | undefined {
  const named = (serving.named ?? []).map(({ certificate, names }) => {
    const own = new X509Certificate(certificate().cert);
    const context = createSecureContext({ ...secureContextOptions(serving, clientCa), ...certificate() });
    const fits = (name: string): boolean =>
      names.length > 0 ? names.some((pattern) => nameFits(pattern, name)) : own.checkHost(name) !== undefined;
    return { fits, context };
  });
  return (name) => named.find(({ fits }) => fits(name.toLowerCase()))?.context;
}

function nameFits(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === name;
  return name.slice(name.indexOf('.')) === pattern.slice(1).toLowerCase();
}

/** Connections that begin later use what is there now; those that exist keep what they agreed on. */
export function renewContext(server: Http2SecureServer, serving: ServingOptions, clientCa: string | undefined): void {
  server.setSecureContext(secureContextOptions(serving, clientCa));
}
