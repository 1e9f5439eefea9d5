/** What a client should know about a certificate that cannot work: the server stores it all the same. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** `data`: base64 texts by key. */
export function certificateWarnings(data: Readonly<Record<string, string>>): readonly string[] {
  const certificatePem = Buffer.from(data['tls.crt'] ?? '', 'base64').toString();
  const keyPem = Buffer.from(data['tls.key'] ?? '', 'base64').toString();
  if (!certificatePem.includes('-----BEGIN')) return ['tls: failed to find any PEM data in certificate input'];
  if (!certificatePem.includes('-----BEGIN CERTIFICATE-----')) {
    return [
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ];
  }
  if (!keyPem.includes('-----BEGIN')) return ['tls: failed to find any PEM data in key input'];
  try {
    const matches = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
    return matches ? [] : ['tls: private key does not match public key'];
  } catch {
    return ['tls: failed to parse private key'];
  }
}
