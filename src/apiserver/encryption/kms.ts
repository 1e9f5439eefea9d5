/**
 * A KMS v2 provider: values are encrypted here, by keys that come from one seed; the seed lies beside each value, encrypted by
 * a plug-in whose key never leaves it (KEP-3299). So a plug-in is asked when its key changes and when a seed is met for the
 * first time, not for every object.
 *
 *   value in the store: EncryptedObject { data by the seed, key id, encrypted seed, annotations, kind of seed }
 *
 * The plug-in is asked for its state every minute, every ten seconds while it is not well. A seed may be written with for
 * three minutes after its key was last seen; when the plug-in stays away longer, writes fail and reads of known seeds go on.
 */
import { performance } from 'node:perf_hooks';
import { randomBytes, randomUUID, createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { errorText, type Log } from '../../base/log.ts';
import { aesGcm, seededGcm } from './ciphers.ts';
import type { EncryptionMetrics } from '../metrics/encryption-metrics.ts';
import type { KmsConfiguration } from './configuration.ts';
import {
  connectKms,
  loadKmsCodec,
  type Annotations,
  type KmsClient,
  type KmsCodec,
  type KmsEncrypted,
} from './kms-client.ts';
import type { Decrypted, Transformer } from './transformer.ts';

const wellEveryMs = 60_000;
const unwellEveryMs = 10_000;
const writableMs = 180_000;
const seedBytes = 32;
const maxIdBytes = 1024;
const maxSeedBytes = 1024;
const maxAnnotationBytes = 32 * 1024;
/** Seeds met, with their keys: one for each start of a server and each key of the plug-in. */
const maxSeeds = 1000;

/** How what lies encrypted beside a value was made: a key of AES-GCM itself, or a seed of such keys. */
const sourceTypes = { key: 0, seed: 1 } as const;

interface Seed extends KmsEncrypted {
  readonly transformer: Transformer;
  readonly writableUntilMs: number;
}

export interface KmsNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EncryptionMetrics;
}

export class KmsProvider implements Transformer {
  readonly name: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #metrics: EncryptionMetrics;
  readonly #client: KmsClient;
  readonly #codec: KmsCodec;
  readonly #known = new Map<string, Transformer>();
  #seed: Seed | undefined;
  #failure: string | undefined = 'not asked yet';
  #cancel: (() => void) | undefined;
  #closed = false;

  private constructor(name: string, client: KmsClient, codec: KmsCodec, { clock, log, metrics }: KmsNeeds) {
    this.name = name;
    this.#client = client;
    this.#codec = codec;
    this.#clock = clock;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** Resolves when the plug-in was asked once, whether it answered or not. */
  static async start(configuration: KmsConfiguration, needs: KmsNeeds): Promise<KmsProvider> {
    const codec = await loadKmsCodec();
    const client = measuredKms(await connectKms(configuration, codec), configuration.name, needs.metrics);
    const provider = new KmsProvider(configuration.name, client, codec, needs);
    await provider.look();
    return provider;
  }

  /** What is wrong with the plug-in; undefined when it is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Asks the plug-in for its state now; a new key brings a new seed. */
  async look(): Promise<void> {
    this.#cancel?.();
    const before = this.#failure;
    this.#failure = await this.#refresh();
    if (this.#failure !== undefined && this.#failure !== before) {
      this.#log.warn('A KMS plug-in is not well', { provider: this.name, why: this.#failure });
    }
    if (this.#closed) return;
    const delayMs = this.#failure === undefined ? wellEveryMs : unwellEveryMs;
    this.#cancel = this.#clock.after(delayMs, () => void this.look());
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#client.close();
  }

  decrypt(data: Buffer, key: string): Decrypted | Promise<Decrypted> {
    const stored = this.#read(data);
    if (this.#seed === undefined) throw new Error('got unexpected nil state');
    const judged = (transformer: Transformer): Decrypted | Promise<Decrypted> => {
      const { value } = transformer.decrypt(stored.data, key) as Decrypted;
      return { value, stale: stored.keyId !== this.#seed?.keyId || stored.sourceType !== sourceTypes.seed };
    };
    const known = this.#known.get(cacheKey(stored, stored.sourceType));
    return known === undefined ? this.#askForKey(stored, stored.sourceType).then(judged) : judged(known);
  }

  encrypt(data: Uint8Array, key: string): Uint8Array {
    const seed = this.#seed;
    if (seed === undefined) throw new Error('got unexpected nil state');
    const now = this.#clock.now();
    if (now > seed.writableUntilMs) {
      const hash = createHash('sha256').update(seed.keyId).digest('hex');
      const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '');
      throw new Error(
        `encryptedDEKSource with keyID hash "sha256:${hash}" expired at ${time(seed.writableUntilMs)} (current time is ${time(now)})`,
      );
    }
    return this.#codec.encode('EncryptedObject', {
      encryptedData: seed.transformer.encrypt(data, key),
      keyId: seed.keyId,
      encryptedDekSource: seed.ciphertext,
      annotations: seed.annotations,
      encryptedDekSourceType: sourceTypes.seed,
    });
  }

  async #refresh(): Promise<string | undefined> {
    const { name } = this;
    try {
      const status = await this.#client.status();
      const wrong = statusErrors(status);
      if (wrong !== undefined) return `kmsv2 Provider ${name} is not healthy, error: ${wrong}`;
      const writableUntilMs = this.#clock.now() + writableMs;
      if (this.#seed?.keyId === status.keyId) this.#seed = { ...this.#seed, writableUntilMs };
      else this.#seed = await this.#newSeed(writableUntilMs);
      return undefined;
    } catch (error) {
      return `failed to perform status section of the healthz check for KMS Provider ${name}, error: ${errorText(error)}`;
    }
  }

  async #newSeed(writableUntilMs: number): Promise<Seed> {
    const begunMs = performance.now();
    const made = (failed: boolean): void => this.#metrics.keyMade((performance.now() - begunMs) / 1000, failed);
    const plain = randomBytes(seedBytes);
    const encrypted = await this.#client
      .encrypt(plain, randomUUID())
      .then(checkEncrypted)
      .catch((error: unknown) => {
        made(true);
        throw error;
      });
    made(false);
    const transformer = seededGcm(plain);
    this.#remember(cacheKey(encrypted, sourceTypes.seed), transformer);
    return { ...encrypted, transformer, writableUntilMs };
  }

  async #askForKey(stored: KmsEncrypted, sourceType: number): Promise<Transformer> {
    this.#metrics.missed.add();
    let plain: Uint8Array;
    try {
      plain = await this.#client.decrypt(
        { ciphertext: stored.ciphertext, keyId: stored.keyId, annotations: stored.annotations },
        randomUUID(),
      );
    } catch (error) {
      throw new Error(`failed to decrypt DEK, error: ${errorText(error)}`, { cause: error });
    }
    if (sourceType === sourceTypes.seed && plain.length < seedBytes) {
      throw new Error(`invalid seed length ${plain.length} used for key generation`);
    }
    const transformer = sourceType === sourceTypes.seed ? seededGcm(plain) : aesGcm(plain);
    this.#remember(cacheKey(stored, sourceType), transformer);
    return transformer;
  }

  #remember(key: string, transformer: Transformer): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= maxSeeds && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, transformer);
    this.#metrics.kept(this.name, this.#known.size, maxSeeds);
  }

  #read(bytes: Buffer): KmsEncrypted & { readonly data: Buffer; readonly sourceType: number } {
    const fields = this.#codec.decode('EncryptedObject', bytes);
    const sourceType = Number(fields['encryptedDekSourceType']);
    if (sourceType !== sourceTypes.key && sourceType !== sourceTypes.seed) {
      throw new Error(`unknown encryptedDEKSourceType: ${sourceType}`);
    }
    const data = Buffer.from(fields['encryptedData'] as Uint8Array);
    if (data.length === 0) throw new Error('encrypted data is empty');
    const stored = {
      ciphertext: fields['encryptedDekSource'] as Uint8Array,
      keyId: String(fields['keyId']),
      annotations: fields['annotations'] as Annotations,
    };
    checkEncrypted(stored);
    return { ...stored, data, sourceType };
  }
}

/** The same plug-in, with the time of its answers. */
function measuredKms(client: KmsClient, provider: string, metrics: EncryptionMetrics): KmsClient {
  const measured = async <T>(method: string, asked: Promise<T>): Promise<T> => {
    const begunMs = performance.now();
    let code = 'OK';
    try {
      return await asked;
    } catch (error) {
      code = /code = (\w+)/.exec(errorText(error))?.[1] ?? 'Unknown';
      throw error;
    } finally {
      metrics.called(provider, `/v2.KeyManagementService/${method}`, (performance.now() - begunMs) / 1000, code);
    }
  };
  return {
    status: () => measured('Status', client.status()),
    encrypt: (plaintext, uid) => measured('Encrypt', client.encrypt(plaintext, uid)),
    decrypt: (encrypted, uid) => measured('Decrypt', client.decrypt(encrypted, uid)),
    close: () => client.close(),
  };
}

function statusErrors({ healthz, version, keyId }: Awaited<ReturnType<KmsClient['status']>>): string | undefined {
  const wrong: string[] = [];
  if (healthz !== 'ok') wrong.push(`got unexpected healthz status: ${healthz}`);
  if (version !== 'v2' && version !== 'v2beta1') wrong.push(`expected KMSv2 API version v2, got ${version}`);
  if (keyId === '') wrong.push('expected KMSv2 KeyID to be set, got ');
  return wrong.length === 0 ? undefined : wrong.length === 1 ? wrong[0] : `[${wrong.join(', ')}]`;
}

/** What a plug-in answered, and what was stored of it, has bounds. */
function checkEncrypted(encrypted: KmsEncrypted): KmsEncrypted {
  const { ciphertext, keyId, annotations } = encrypted;
  const source = 'failed to validate encrypted DEK source: encrypted DEK source is';
  if (ciphertext.length === 0) throw new Error(`${source} empty`);
  if (ciphertext.length > maxSeedBytes) {
    throw new Error(`${source} ${ciphertext.length} bytes, which exceeds the max size of ${maxSeedBytes}`);
  }
  if (keyId === '') throw new Error('failed to validate key id: keyID is empty');
  const idBytes = Buffer.byteLength(keyId);
  if (idBytes > maxIdBytes) {
    throw new Error(
      `failed to validate key id: keyID is ${idBytes} bytes, which exceeds the max size of ${maxIdBytes}`,
    );
  }
  let size = 0;
  for (const [name, value] of Object.entries(annotations)) size += Buffer.byteLength(name) + value.length;
  if (size > maxAnnotationBytes) {
    throw new Error(
      `failed to validate annotations: total size of annotations is ${size} bytes, which exceeds the max size of ${maxAnnotationBytes}`,
    );
  }
  return encrypted;
}

function cacheKey({ ciphertext, keyId, annotations }: KmsEncrypted, sourceType: number): string {
  const hash = createHash('sha256');
  const add = (part: Uint8Array | string): void => void hash.update(`${Buffer.byteLength(part)}:`).update(part);
  add(String(sourceType));
  add(ciphertext);
  add(keyId);
  for (const name of Object.keys(annotations).toSorted()) {
    add(name);
    add(annotations[name] ?? '');
  }
  return hash.digest('base64');
}
