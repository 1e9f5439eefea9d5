/**
 * Makes one X.509 certificate (RFC 5280): EC P-256 keys, signed with SHA-256 by a certificate authority or by itself.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads them as the groups of a client. */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses that a server answers to. */
  readonly hosts?: readonly string[];
  readonly usage: 'client' | 'server' | 'authority';
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/**
 * @param issuer whose key signs; undefined = the new certificate signs itself.
 * @param privateKey PEM of the key to certify; default: a new one.
 */
export function createCertificate(request: CertificateRequest, issuer?: KeyPair, privateKey?: string): KeyPair {
  const key = privateKey === undefined ? newKey() : createPrivateKey(privateKey);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const subject = distinguishedName(request);
  const issuerParts = issuer === undefined ? { subject, publicKey } : certificateParts(issuer.certificate);
  const signingKey = issuer === undefined ? key : createPrivateKey(issuer.key);

  const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(serialNumber()),
    algorithm,
    issuerParts.subject,
    der.sequence(der.time(request.notBeforeMs), der.time(request.notAfterMs)),
    subject,
    publicKey,
    der.explicit(3, der.sequence(...extensions(request, publicKey, issuerParts.publicKey))),
  );
  const signature = sign('sha256', body, signingKey);
  const whole = der.sequence(body, algorithm, der.bitString(signature));
  return { certificate: pem('CERTIFICATE', whole), key: privateKeyPem(key) };
}

/** A new EC P-256 private key, PEM (PKCS #8). */
export function createPrivateKeyPem(): string {
  return privateKeyPem(newKey());
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Positive and without a leading zero byte. */
export function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** The name of a subject: its organizations, then its common name. */
export function distinguishedName(request: Pick<CertificateRequest, 'commonName' | 'organizations'>): Buffer {
  const attribute = (type: string, value: string): Buffer =>
    der.setOf(der.sequence(der.objectIdentifier(type), der.utf8String(value)));
  const organizations = (request.organizations ?? []).map((value) => attribute('2.5.4.10', value));
  return der.sequence(...organizations, attribute('2.5.4.3', request.commonName));
}

/** Subject and public key of a certificate, as they stand in it. */
export function certificateParts(certificate: string): { readonly subject: Buffer; readonly publicKey: Buffer } {
  const parsed = new X509Certificate(certificate);
  const body = der.readElements(der.readElements(parsed.raw)[0]?.content ?? Buffer.of())[0];
  const subject = der.readElements(body?.content ?? Buffer.of())[5];
  if (subject === undefined) throw new Error('Cannot read the certificate: it has no subject');
  return { subject: subject.whole, publicKey: parsed.publicKey.export({ type: 'spki', format: 'der' }) };
}

const keyUsages = { digitalSignature: 0x80, certificateAndListSigning: 0x06 } as const;

function extensions(request: CertificateRequest, publicKey: Buffer, issuerKey: Buffer): readonly Buffer[] {
  const isAuthority = request.usage === 'authority';
  const list = [
    extension('2.5.29.19', isAuthority ? der.sequence(der.boolean(true)) : der.sequence(), true),
    extension(
      '2.5.29.15',
      isAuthority
        ? keyUsage(keyUsages.digitalSignature | keyUsages.certificateAndListSigning)
        : keyUsage(keyUsages.digitalSignature),
      true,
    ),
    extension('2.5.29.14', der.octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', der.sequence(der.implicit(0, keyIdentifier(issuerKey)))),
  ];
  if (!isAuthority) {
    const purpose = request.usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
    list.push(extension('2.5.29.37', der.sequence(der.objectIdentifier(purpose))));
  }
  if (request.hosts !== undefined && request.hosts.length > 0) {
    list.push(extension('2.5.29.17', der.sequence(...request.hosts.map(alternativeName))));
  }
  return list;
}

export function extension(type: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(type), ...flag, der.octetString(value));
}

/** Bits as in RFC 5280 4.2.1.3, the first one highest. */
export function keyUsage(bits: number): Buffer {
  return der.bitString(Buffer.of(bits), 31 - Math.clz32(bits & -bits));
}

/** SHA-1 of the key's bits, as RFC 5280 4.2.1.2 suggests: a name, not a protection. */
export function keyIdentifier(publicKey: Buffer): Buffer {
  const bits = der.readElements(der.readElements(publicKey)[0]?.content ?? Buffer.of())[1];
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.of())
    .digest();
}

export function alternativeName(host: string): Buffer {
  if (isIP(host) === 0) return der.implicit(2, Buffer.from(host, 'latin1'));
  return der.implicit(7, addressBytes(host));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  const words = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

export function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
