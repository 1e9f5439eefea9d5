/**
 * Encryption at rest of one API server: which resources by which keys, from a file that may change while the server runs. The
 * keys that a new file brings are in use when the next request comes; a file that cannot be read is told and changes nothing.
 */
import { readFile } from 'node:fs/promises';
import type { AnyResource } from '../../api/resource.ts';
import type { Clock } from '../../base/clock.ts';
import { errorText, type Log } from '../../base/log.ts';
import type { Store } from '../../store/store.ts';
import { configurationHash, type FollowedConfiguration, type Reload } from '../followed-configuration.ts';
import type { HealthCheck } from '../health.ts';
import type { EncryptionMetrics } from '../metrics/encryption-metrics.ts';
import { storagePrefix } from '../registry/storage-prefixes.ts';
import { parseConfiguration } from './configuration.ts';
import { encryptedStore } from './encrypted-store.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import type { Transformer } from './transformer.ts';

export interface EncryptionOptions {
  /** The EncryptionConfiguration. */
  readonly path: string;
  /** Looks at the file again and again. */
  readonly reload: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EncryptionMetrics;
}

const reloadEveryMs = 60_000;
/** Requests under way may still need the keys of before. */
const keepOldMs = 30_000;

interface GroupResource {
  readonly resource: string;
  readonly group: string;
}

export class Encryption implements FollowedConfiguration {
  readonly #options: EncryptionOptions;
  readonly #resources: ReadonlyMap<string, GroupResource>;
  #keyring: Keyring;
  #hash: string;
  #store: Store | undefined;
  #cancel: (() => void) | undefined;
  readonly #closing = new Map<Keyring, () => void>();
  readonly #listeners: ((reload: Reload) => void)[] = [];
  #closed = false;

  private constructor(options: EncryptionOptions, resources: readonly AnyResource[], loaded: Loaded) {
    this.#options = options;
    this.#resources = prefixesOf(resources);
    this.#keyring = loaded.keyring;
    this.#hash = loaded.hash;
    this.#lookLater();
  }

  /** `resources`: the built-in ones. @throws Error that says what is wrong with the file, without its secrets. */
  static async start(options: EncryptionOptions, resources: readonly AnyResource[]): Promise<Encryption> {
    return new Encryption(options, resources, await load(options));
  }

  /** The store as the server sees it. */
  over(store: Store): Store {
    this.#store = store;
    return encryptedStore(store, (key) => this.#transformerOf(key), this.#options.metrics);
  }

  /** Of the file in use. */
  get hash(): string {
    return this.#hash;
  }

  /** Told when other keys are in use, and when they could not be. */
  whenReloaded(listener: (reload: Reload) => void): void {
    this.#listeners.push(listener);
  }

  /** What is stored now would be written differently: with another key, or encrypted at all. */
  async isStale(key: string): Promise<boolean> {
    const entry = (await this.#store?.range(key))?.entries[0];
    const transformer = this.#transformerOf(key);
    if (entry === undefined || transformer === undefined) return false;
    return (await transformer.decrypt(Buffer.from(entry.value), key)).stale;
  }

  checks(): readonly HealthCheck[] {
    const failures = (): readonly string[] =>
      this.#keyring.kms.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
    if (this.#options.reload) return [{ name: 'kms-providers', check: () => failures()[0] }];
    return this.#keyring.kms.map((provider, index) => ({
      name: `kms-provider-${index}`,
      check: () => provider.failure,
    }));
  }

  /** Looks whether the file changed. */
  async reload(): Promise<void> {
    const { log, path } = this.#options;
    let seen = '';
    try {
      const text = await readFile(path, 'utf8');
      seen = configurationHash(text);
      if (seen === this.#hash || this.#closed) return;
      const { keyring, hash } = await load(this.#options);
      const sick = keyring.kms.find(({ failure }) => failure !== undefined);
      if (sick !== undefined || this.#closed) {
        keyring.close();
        throw new Error(sick?.failure ?? 'the server ends');
      }
      this.#hash = hash;
      const old = this.#keyring;
      this.#keyring = keyring;
      this.#closing.set(
        old,
        this.#options.clock.after(keepOldMs, () => this.#closeOld(old)),
      );
      this.#tell({ succeeded: true, hash });
      log.info('Uses a changed encryption configuration', { path });
    } catch (error) {
      log.error('Keeps the encryption configuration: the changed one cannot be used', { path, why: errorText(error) });
      this.#tell({ succeeded: false, hash: seen });
    }
  }

  #tell(reload: Reload): void {
    for (const listener of this.#listeners) listener(reload);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    for (const [keyring, cancel] of this.#closing) {
      cancel();
      keyring.close();
    }
    this.#keyring.close();
  }

  #closeOld(keyring: Keyring): void {
    this.#closing.delete(keyring);
    keyring.close();
  }

  #lookLater(): void {
    if (!this.#options.reload || this.#closed) return;
    this.#cancel = this.#options.clock.after(reloadEveryMs, () => {
      void this.reload().then(() => this.#lookLater());
    });
  }

  #transformerOf(key: string): Transformer | undefined {
    const found = this.#resourceOf(key);
    return found === undefined ? undefined : this.#keyring.transformerFor(found.resource, found.group);
  }

  /** Built-in resources lie under their prefix, custom ones under `/registry/GROUP/PLURAL/`. */
  #resourceOf(key: string): GroupResource | undefined {
    const [, , first = '', second = '', third] = key.split('/', 5);
    const custom = third === undefined || !first.includes('.') ? undefined : { resource: second, group: first };
    return this.#resources.get(`/registry/${first}/${second}/`) ?? this.#resources.get(`/registry/${first}/`) ?? custom;
  }
}

interface Loaded {
  readonly keyring: Keyring;
  readonly hash: string;
}

async function load({ path, reload, clock, log, metrics }: EncryptionOptions): Promise<Loaded> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`error opening encryption provider configuration file ${JSON.stringify(path)}`, { cause: error });
  }
  const configuration = await parseConfiguration(text, path, reload);
  return { keyring: await createKeyring(configuration, { clock, log, metrics }), hash: configurationHash(text) };
}

/** Of two groups that share a prefix (events) the core group's name is the one that configurations use. */
function prefixesOf(resources: readonly AnyResource[]): ReadonlyMap<string, GroupResource> {
  const prefixes = new Map<string, GroupResource>();
  for (const resource of resources) {
    const { group, plural } = resource;
    const prefix = storagePrefix(resource);
    if (group === '' || !prefixes.has(prefix)) prefixes.set(prefix, { resource: plural, group });
  }
  return prefixes;
}
