/**
 * What stands between an object's bytes and the store: a transformer writes a value in a form that only its key opens, and
 * reads it back. Stored values begin with a prefix that names the provider and the key, as Kubernetes has it
 * (`k8s:enc:aescbc:v1:key1:…`), so that a value says itself how it is read.
 *
 * Local keys answer at once, in the same turn; a key service may answer later. Callers handle both, so that the common case
 * costs no promise.
 */
export interface Decrypted {
  readonly value: Uint8Array;
  /** It was not written by what writes now: worth writing again even when nothing in it changes. */
  readonly stale: boolean;
}

export interface Transformer {
  /** `key`: where it is stored, which ciphers with authentication bind it to. @throws Error in Kubernetes' words */
  decrypt(data: Buffer, key: string): Decrypted | Promise<Decrypted>;
  encrypt(data: Uint8Array, key: string): Uint8Array | Promise<Uint8Array>;
}

export interface PrefixedTransformer {
  /** '' fits every value. */
  readonly prefix: string;
  readonly transformer: Transformer;
}

/** The first one writes; the first one whose prefix fits and that can read, reads. `noneFits`: the error of a value that fits none. */
export function firstOf(choices: readonly PrefixedTransformer[], noneFits: string): Transformer {
  const prefixes = choices.map(({ prefix }) => Buffer.from(prefix));
  const read = (
    data: Buffer,
    key: string,
    from: number,
    failures: readonly Error[],
  ): Decrypted | Promise<Decrypted> => {
    for (let index = from; index < choices.length; index++) {
      const prefix = prefixes[index] as Buffer;
      if (!data.subarray(0, prefix.length).equals(prefix)) continue;
      const judged = ({ value, stale }: Decrypted): Decrypted => ({ value, stale: stale || index > 0 });
      // One that takes everything and cannot read this says nothing about who can.
      const after = (error: Error): Decrypted | Promise<Decrypted> =>
        read(data, key, index + 1, prefix.length === 0 ? failures : [...failures, error]);
      try {
        const read = (choices[index] as PrefixedTransformer).transformer.decrypt(data.subarray(prefix.length), key);
        return read instanceof Promise ? read.then(judged, after) : judged(read);
      } catch (error) {
        return after(error as Error);
      }
    }
    throw failures.length === 0 ? new Error(noneFits) : together(failures);
  };
  return {
    decrypt: (data, key) => read(data, key, 0, []),
    encrypt(data, key) {
      const [first] = choices;
      if (first === undefined) throw new Error(noneFits);
      const begun = prefixes[0] as Buffer;
      const written = first.transformer.encrypt(data, key);
      if (begun.length === 0) return written;
      return written instanceof Promise
        ? written.then((bytes) => Buffer.concat([begun, bytes]))
        : Buffer.concat([begun, written]);
    },
  };
}

function together(failures: readonly Error[]): Error {
  const texts = [...new Set(failures.map(({ message }) => message))];
  return new Error(texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`);
}

/** Leaves values as they are, and refuses to take for an object what was encrypted. */
export const identity: Transformer = {
  decrypt(data) {
    if (isEncrypted(data)) throw new Error('identity transformer tried to read encrypted data');
    return { value: data, stale: false };
  },
  encrypt: (data) => data,
};

const encryptedPrefix = Buffer.from('k8s:enc:');

export function isEncrypted(data: Uint8Array): boolean {
  return data[0] === encryptedPrefix[0] && encryptedPrefix.equals(data.subarray(0, encryptedPrefix.length));
}
