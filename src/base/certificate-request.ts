/**
 * Certificate signing requests (PKCS #10, RFC 2986): written for a key of our own, and read, checked against the signature by
 * which the requester shows that the key is theirs.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { alternativeName, distinguishedName, extension, pem } from './certificate.ts';
import * as der from './der.ts';

export interface SigningRequest {
  /** As it stands in the request, DER. */
  readonly subject: Buffer;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  /** 4 or 16 bytes each. */
  readonly addresses: readonly Buffer[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  /** The value of the extension with the names above, DER. */
  readonly alternativeNames: Buffer | undefined;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

const signatureOfEc = '1.2.840.10045.4.3.2';
const extensionRequest = der.objectIdentifier('1.2.840.113549.1.9.14');
const alternativeNameType = der.objectIdentifier('2.5.29.17');
const commonNameType = der.objectIdentifier('2.5.4.3');
const organizationType = der.objectIdentifier('2.5.4.10');

export interface WantedCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[];
  /** PEM of an EC P-256 key. */
  readonly privateKey: string;
}

/** PEM. */
export function createSigningRequest({ commonName, organizations, hosts, privateKey }: WantedCertificate): string {
  const key = createPrivateKey(privateKey);
  const names = der.sequence(...hosts.map(alternativeName));
  const extensions = der.sequence(extension('2.5.29.17', names));
  const attributes = hosts.length === 0 ? [] : [der.sequence(extensionRequest, der.setOf(extensions))];
  const body = der.sequence(
    der.integer(Buffer.of(0)),
    distinguishedName({ commonName, organizations }),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der.explicit(0, Buffer.concat(attributes)),
  );
  const algorithm = der.sequence(der.objectIdentifier(signatureOfEc));
  const whole = der.sequence(body, algorithm, der.bitString(sign('sha256', body, key)));
  return pem('CERTIFICATE REQUEST', whole);
}

/** @throws Error when it is no request, or its signature is not by its key. */
export function readSigningRequest(text: string): SigningRequest {
  const base64 = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-----END CERTIFICATE REQUEST-----/.exec(text)?.[1];
  if (base64 === undefined) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [whole] = der.readElements(Buffer.from(base64, 'base64'));
  const [body, algorithm, signature] = inside(whole);
  const [, subject, publicKey, attributes] = inside(body);
  if (subject === undefined || publicKey === undefined || body === undefined || signature === undefined) {
    throw new Error('Cannot read the certificate signing request: a part of it is missing');
  }
  checkSignature(body.whole, publicKey.whole, algorithm, signature.content.subarray(1));
  const named = (type: Buffer): readonly string[] =>
    inside(subject)
      .flatMap(inside)
      .flatMap((attribute) => {
        const [found, value] = inside(attribute);
        return found?.whole.equals(type) === true && value !== undefined ? [value.content.toString('utf8')] : [];
      });
  const alternativeNames = attributes === undefined ? undefined : alternativeNamesOf(attributes);
  const names = alternativeNames === undefined ? [] : inside(der.readElements(alternativeNames)[0]);
  const ofTag = (tag: number): readonly Buffer[] =>
    names.filter((each) => each.tag === tag).map(({ content }) => content);
  const texts = (tag: number): readonly string[] => ofTag(tag).map((content) => content.toString('latin1'));
  return {
    subject: subject.whole,
    commonName: named(commonNameType).at(-1) ?? '',
    organizations: named(organizationType),
    emails: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    addresses: ofTag(0x87),
    alternativeNames,
    publicKey: publicKey.whole,
  };
}

function inside(element: der.Element | undefined): readonly der.Element[] {
  return element === undefined ? [] : der.readElements(element.content);
}

function alternativeNamesOf(attributes: der.Element): Buffer | undefined {
  for (const attribute of inside(attributes)) {
    const [type, values] = inside(attribute);
    if (type?.whole.equals(extensionRequest) !== true) continue;
    for (const each of inside(inside(values)[0])) {
      const parts = inside(each);
      if (parts[0]?.whole.equals(alternativeNameType) === true) return parts.at(-1)?.content;
    }
  }
  return undefined;
}

/** The hash by the last arc of the algorithm's identifier: RSA with SHA-2, and ECDSA with SHA-2; Ed25519 brings its own. */
const hashes: Readonly<Record<string, string | undefined>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
const ed25519 = '2b6570';

function checkSignature(body: Buffer, publicKey: Buffer, algorithm: der.Element | undefined, signature: Buffer): void {
  const identifier = inside(algorithm)[0]?.content.toString('hex') ?? '';
  const hash = hashes[identifier];
  if (hash === undefined && identifier !== ed25519) {
    throw new Error('Cannot check the certificate signing request: its signature algorithm is not known');
  }
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  if (!verify(hash, body, key, signature)) {
    throw new Error('Cannot accept the certificate signing request: its signature is not by its key');
  }
}
