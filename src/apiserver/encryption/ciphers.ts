/**
 * The ciphers of local keys, in the layouts that Kubernetes stores:
 *
 *   aescbc     iv (16) ║ ciphertext with PKCS #7 padding                    no authentication
 *   aesgcm     nonce (12) ║ ciphertext ║ tag (16)                           bound to the object's key in the store
 *   secretbox  nonce (24) ║ tag (16) ║ ciphertext (XSalsa20, Poly1305)
 *   seed       info (32) ║ aesgcm by the key HKDF-Expand(seed, info)        what KMS v2 writes
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Transformer } from './transformer.ts';

const blockBytes = 16;
const gcmNonceBytes = 12;
const tagBytes = 16;
const boxNonceBytes = 24;
const infoBytes = 32;

const tooShort = (): Error => new Error('the stored data was shorter than the required size');

export function aesCbc(key: Uint8Array): Transformer {
  const algorithm = `aes-${key.length * 8}-cbc`;
  return {
    decrypt(data) {
      if (data.length < blockBytes) throw tooShort();
      const body = data.subarray(blockBytes);
      if (body.length % blockBytes !== 0) throw new Error('the stored data is not a multiple of the block size');
      const decipher = createDecipheriv(algorithm, key, data.subarray(0, blockBytes)).setAutoPadding(false);
      return { value: withoutPadding(Buffer.concat([decipher.update(body), decipher.final()])), stale: false };
    },
    encrypt(data) {
      const iv = randomBytes(blockBytes);
      const cipher = createCipheriv(algorithm, key, iv);
      return Buffer.concat([iv, cipher.update(data), cipher.final()]);
    },
  };
}

function withoutPadding(data: Buffer): Buffer {
  const padding = data.at(-1) ?? 0;
  if (padding === 0 || padding > data.length) throw new Error('invalid PKCS7 data (empty or not padded)');
  const end = data.length - padding;
  if (data.subarray(end).some((byte) => byte !== padding)) throw new Error('invalid padding on input');
  return data.subarray(0, end);
}

export function aesGcm(key: Uint8Array): Transformer {
  return {
    decrypt: (data, where) => ({ value: openGcm(key, data, where), stale: false }),
    encrypt: (data, where) => sealGcm(key, data, where),
  };
}

function sealGcm(key: Uint8Array, data: Uint8Array, where: string): Buffer {
  const nonce = randomBytes(gcmNonceBytes);
  const cipher = createCipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-gcm`, key, nonce);
  cipher.setAAD(Buffer.from(where));
  return Buffer.concat([nonce, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

function openGcm(key: Uint8Array, data: Buffer, where: string): Buffer {
  if (data.length < gcmNonceBytes) throw tooShort();
  const failed = new Error('cipher: message authentication failed');
  if (data.length < gcmNonceBytes + tagBytes) throw failed;
  const algorithm = `aes-${(key.length * 8) as 128 | 192 | 256}-gcm` as const;
  const decipher = createDecipheriv(algorithm, key, data.subarray(0, gcmNonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(where));
  decipher.setAuthTag(data.subarray(-tagBytes));
  const value = decipher.update(data.subarray(gcmNonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    throw failed;
  }
  return value;
}

/** What the library of XSalsa20-Poly1305 does, which is loaded when a configuration names it. */
export interface Box {
  seal(data: Uint8Array): Uint8Array;
  /** @throws when the tag does not fit */
  open(data: Uint8Array): Uint8Array;
}

export function secretbox(box: (nonce: Uint8Array) => Box): Transformer {
  return {
    decrypt(data) {
      if (data.length < boxNonceBytes + tagBytes) throw tooShort();
      try {
        return { value: box(data.subarray(0, boxNonceBytes)).open(data.subarray(boxNonceBytes)), stale: false };
      } catch {
        throw new Error('output array was not large enough for encryption');
      }
    },
    encrypt(data) {
      const nonce = randomBytes(boxNonceBytes);
      return Buffer.concat([nonce, box(nonce).seal(data)]);
    },
  };
}

/** A key of its own for every value, from a seed of at least 32 bytes: no nonce can come twice under one key. */
export function seededGcm(seed: Uint8Array): Transformer {
  return {
    decrypt(data, where) {
      if (data.length < infoBytes) throw tooShort();
      const key = expandedKey(seed, data.subarray(0, infoBytes));
      return { value: openGcm(key, data.subarray(infoBytes), where), stale: false };
    },
    encrypt(data, where) {
      const info = randomBytes(infoBytes);
      return Buffer.concat([info, sealGcm(expandedKey(seed, info), data, where)]);
    },
  };
}

/** HKDF-Expand with SHA-256 (RFC 5869, 2.3) for one block of output; the seed is random, so nothing is extracted first. */
function expandedKey(seed: Uint8Array, info: Uint8Array): Buffer {
  return createHmac('sha256', seed).update(info).update(Buffer.of(1)).digest();
}
