/**
 * The transformers of a configuration, by resource: a resource of its own comes before everything in its group (`*.apps`),
 * and that before everything (`*.*`). Two entries for one resource add up: the first writes, both read.
 */
import { aesCbc, aesGcm, secretbox } from './ciphers.ts';
import {
  splitResource,
  type EncryptionConfiguration,
  type NamedKey,
  type ProviderConfiguration,
} from './configuration.ts';
import { KmsProvider, type KmsNeeds } from './kms.ts';
import { firstOf, identity, type PrefixedTransformer, type Transformer } from './transformer.ts';

export interface Keyring {
  /** Undefined where nothing is configured. `group`: '' for the core group. */
  transformerFor(resource: string, group: string): Transformer | undefined;
  readonly kms: readonly KmsProvider[];
  close(): void;
}

/** Resolves when each KMS plug-in was asked once. @throws Error in Kubernetes' words */
export async function createKeyring(configuration: EncryptionConfiguration, needs: KmsNeeds): Promise<Keyring> {
  const providers = new Map<string, PrefixedTransformer[]>();
  const kms: KmsProvider[] = [];
  try {
    for (const entry of configuration.resources) {
      for (const name of entry.resources) checkMasked(name, providers);
      const transformers: PrefixedTransformer[] = [];
      for (const provider of entry.providers) {
        const made = await transformerOf(provider, needs);
        if (made.transformer instanceof KmsProvider) kms.push(made.transformer);
        transformers.push(made);
      }
      for (const name of entry.resources) {
        const { resource, group } = splitResource(name);
        const key = `${resource}.${group}`;
        providers.set(key, [...(providers.get(key) ?? []), ...transformers]);
      }
    }
  } catch (error) {
    for (const each of kms) each.close();
    throw error;
  }
  const byName = new Map([...providers].map(([name, all]) => [name, firstOf(all, 'no matching prefix found')]));
  return {
    transformerFor: (resource, group) =>
      byName.get(`${resource}.${group}`) ?? byName.get(`*.${group}`) ?? byName.get('*.*'),
    kms,
    close: () => {
      for (const each of kms) each.close();
    },
  };
}

function checkMasked(name: string, providers: ReadonlyMap<string, unknown>): void {
  const { group } = splitResource(name);
  for (const wider of [`*.${group}`, '*.*']) {
    if (providers.has(wider) && name !== wider) {
      throw new Error(`resource ${JSON.stringify(name)} is masked by earlier rule ${JSON.stringify(wider)}`);
    }
  }
}

async function transformerOf(provider: ProviderConfiguration, needs: KmsNeeds): Promise<PrefixedTransformer> {
  switch (provider.type) {
    case 'identity':
      return { prefix: '', transformer: identity };
    case 'kms': {
      const { kms } = provider;
      return { prefix: `k8s:enc:kms:v2:${kms.name}:`, transformer: await KmsProvider.start(kms, needs) };
    }
    case 'aescbc':
      return keyed('aescbc', 'AES', provider.keys, aesCbc);
    case 'aesgcm':
      return keyed('aesgcm', 'AES', provider.keys, aesGcm);
    case 'secretbox': {
      const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
      return keyed('secretbox', 'Secretbox', provider.keys, (key) =>
        secretbox((nonce) => {
          const { encrypt, decrypt } = xsalsa20poly1305(key, nonce);
          return { seal: encrypt, open: decrypt };
        }),
      );
    }
  }
}

function keyed(
  type: string,
  spoken: string,
  keys: readonly NamedKey[],
  make: (key: Buffer) => Transformer,
): PrefixedTransformer {
  const choices = keys.map(({ name, secret }) => ({ prefix: `${name}:`, transformer: make(secret) }));
  const noneFits = `no matching key was found for the provided ${spoken} transformer`;
  return { prefix: `k8s:enc:${type}:v1:`, transformer: firstOf(choices, noneFits) };
}
