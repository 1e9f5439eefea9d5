/**
 * JSON Web Tokens (RFC 7519) in their compact form: taking them apart, and checking and making signatures. Which algorithms
 * count is said by who checks, never by the token: a key is good for the algorithms of its own type and no others.
 */
import { constants, sign, verify, type KeyObject } from 'node:crypto';

export interface ParsedToken {
  readonly header: { readonly alg: string; readonly kid?: string };
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Longer ones are none: no header of a request could hold them. */
const maxTokenLength = 64 * 1024;

/** Undefined when the text is no compact token. Nothing in it may be believed before `verifyToken`. */
export function parseToken(token: string): ParsedToken | undefined {
  if (token.length > maxTokenLength) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isBase64)) return undefined;
  const [header, claims] = parts.slice(0, 2).map(readPart);
  if (header === undefined || claims === undefined) return undefined;
  const { alg, kid } = header;
  if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) return undefined;
  return {
    header: { alg, ...(kid === undefined || kid === '' ? {} : { kid }) },
    claims,
    signed: Buffer.from(`${parts[0]}.${parts[1]}`),
    signature: Buffer.from(parts[2] ?? '', 'base64url'),
  };
}

const isBase64 = (part: string): boolean => /^[\w-]+$/.test(part) && part.length % 4 !== 1;

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface Algorithm {
  readonly hash: string;
  readonly keyType: 'rsa' | 'ec';
  readonly curve?: string;
  readonly pss?: boolean;
}

const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256', keyType: 'rsa' },
  RS384: { hash: 'sha384', keyType: 'rsa' },
  RS512: { hash: 'sha512', keyType: 'rsa' },
  ES256: { hash: 'sha256', keyType: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', keyType: 'ec', curve: 'secp384r1' },
  ES512: { hash: 'sha512', keyType: 'ec', curve: 'secp521r1' },
  PS256: { hash: 'sha256', keyType: 'rsa', pss: true },
  PS384: { hash: 'sha384', keyType: 'rsa', pss: true },
  PS512: { hash: 'sha512', keyType: 'rsa', pss: true },
};

/** The names that a configuration may give. */
export const knownAlgorithms: readonly string[] = Object.keys(algorithms);

/** The signature is this key's, by one of the allowed algorithms. */
export function verifyToken(token: ParsedToken, key: KeyObject, allowed: readonly string[]): boolean {
  const { alg } = token.header;
  const algorithm = allowed.includes(alg) && Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (algorithm === undefined || !fits(key, algorithm)) return false;
  return verify(algorithm.hash, token.signed, signingInput(key, algorithm), token.signature);
}

/** The algorithm by which a key signs; undefined for keys that sign no tokens. */
export function algorithmOf(key: KeyObject): string | undefined {
  return Object.keys(algorithms).find((name) => fits(key, algorithms[name] as Algorithm));
}

/** @throws RangeError when the key signs no tokens. */
export function signToken(claims: object, key: KeyObject, keyId: string): string {
  const name = algorithmOf(key);
  const algorithm = name === undefined ? undefined : algorithms[name];
  if (algorithm === undefined) throw new RangeError('The key is neither RSA nor one of the curves P-256, P-384, P-521');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: name, kid: keyId })}.${encode(claims)}`;
  return `${text}.${sign(algorithm.hash, Buffer.from(text), signingInput(key, algorithm)).toString('base64url')}`;
}

function fits(key: KeyObject, { keyType, curve }: Algorithm): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  return curve === undefined || key.asymmetricKeyDetails?.namedCurve === curve;
}

function signingInput(key: KeyObject, { keyType, pss }: Algorithm): Parameters<typeof verify>[2] & { key: KeyObject } {
  if (keyType === 'ec') return { key, dsaEncoding: 'ieee-p1363' };
  if (pss !== true) return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
