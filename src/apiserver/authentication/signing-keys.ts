/**
 * The keys of service account tokens: one signs, several verify, so that a key can be replaced without a token becoming
 * invalid (add the new public key everywhere, sign with it, take the old one away when its tokens have expired).
 *
 * RSA or EC. The default is RSA although EC is made faster: OpenID Connect Discovery wants RS256 of every issuer, and
 * parties outside the cluster that trust its tokens (clouds, secret stores) often know nothing else. The key is made beside
 * the rest of the first start, so whoever needs it waits here.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { algorithmOf } from './json-web-token.ts';

export interface SigningKeys {
  readonly signing: KeyObject;
  readonly signingKeyId: string;
  readonly verifying: readonly VerifyingKey[];
}

export interface VerifyingKey {
  readonly id: string;
  readonly key: KeyObject;
  readonly algorithm: string;
}

/**
 * @param signingPem a private key.
 * @param verifyingPems files of public (or private) keys, each with one or more; none = the signing key's own.
 * @throws Error when a file holds no key that tokens can be signed with.
 */
export function readSigningKeys(signingPem: string, verifyingPems: readonly string[]): SigningKeys {
  const signing = createPrivateKey(signingPem);
  const own = verifyingKey(createPublicKey(signing));
  const given = verifyingPems.flatMap((pem) => splitPem(pem).map((one) => verifyingKey(createPublicKey(one))));
  return { signing, signingKeyId: own.id, verifying: given.length === 0 ? [own] : given };
}

function verifyingKey(key: KeyObject): VerifyingKey {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw new RangeError('A key of service account tokens is neither RSA nor EC');
  const id = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { id, key, algorithm };
}

function splitPem(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN ([A-Z ]*KEY|CERTIFICATE)-----[^-]+-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw new RangeError('A file of service account keys holds no key');
  return blocks;
}

/** The public keys as a JSON Web Key Set (RFC 7517). */
export function keySetOf({ verifying }: SigningKeys): { readonly keys: readonly object[] } {
  const unique = new Map(verifying.map((one) => [one.id, one]));
  return {
    keys: [...unique.values()].map(({ id, key, algorithm }) => ({
      use: 'sig',
      kid: id,
      alg: algorithm,
      ...key.export({ format: 'jwk' }),
    })),
  };
}
