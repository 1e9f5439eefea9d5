/**
 * A store whose values are encrypted on the way in and read back on the way out; keys and revisions stay as they are. What
 * nothing is configured for passes through. Changes are told in their order even when a key service keeps one waiting.
 */
import { performance } from 'node:perf_hooks';
import type { Entry, Operation, Store, StoreEvent, WatchSink } from '../../store/store.ts';
import type { EncryptionMetrics } from '../metrics/encryption-metrics.ts';
import { unreadableValue } from '../registry/unreadable.ts';
import { identity, isEncrypted, type Decrypted, type Transformer } from './transformer.ts';

/** The transformer for a key of the store as of now; undefined: none is configured. */
export type TransformerOf = (key: string) => Transformer | undefined;

type Soon<T> = T | Promise<T>;

export function encryptedStore(store: Store, transformers: TransformerOf, metrics: EncryptionMetrics): Store {
  const transformerOf: TransformerOf = (key) => measured(transformers(key), metrics);
  const read = (entry: Entry): Soon<Entry> => readEntry(entry, transformerOf(entry.key));
  return {
    get revision() {
      return store.revision;
    },
    get fault() {
      return store.fault;
    },
    get compactRevision() {
      return store.compactRevision;
    },
    async range(key, options) {
      const result = await store.range(key, options);
      return { ...result, entries: await all(result.entries.map(read)) };
    },
    async transact(conditions, operations) {
      const written = all(operations.map((operation) => writeOperation(operation, transformerOf)));
      // Without waiting where nothing makes it wait: writes of one turn share a commit.
      const result = await store.transact(conditions, written instanceof Promise ? await written : written);
      return result.ok
        ? { ...result, deleted: await all(result.deleted.map(read)) }
        : { ...result, current: await all(result.current.map(read)) };
    },
    watch: (key, options, sink) => watchDecrypted(store, { key, options, sink, read }),
    grantLease: (ttlSeconds, id) => store.grantLease(ttlSeconds, id),
    keepLeaseAlive: (id) => store.keepLeaseAlive(id),
    revokeLease: (id) => store.revokeLease(id),
    compact: (revision) => store.compact(revision),
    ...(store.sync === undefined ? {} : { sync: () => store.sync?.() ?? Promise.resolve() }),
    ...(store.size === undefined ? {} : { size: () => store.size?.() ?? Promise.resolve({ bytes: 0 }) }),
    close: () => store.close(),
  };
}

/** The same transformer, with what it takes. Undefined stays undefined. */
function measured(transformer: Transformer | undefined, metrics: EncryptionMetrics): Transformer | undefined {
  if (transformer === undefined) return undefined;
  const observe = <T>(way: Way, step: () => Soon<T>, stored: (result?: T) => Uint8Array): Soon<T> => {
    const begunMs = performance.now();
    const tell = (failed: boolean, result?: T): void =>
      metrics.transformed(way, prefixOf(stored(result)), (performance.now() - begunMs) / 1000, failed);
    const passOn = (result: T): T => {
      tell(false, result);
      return result;
    };
    const failed = (error: unknown): never => {
      tell(true);
      throw error;
    };
    let result: Soon<T>;
    try {
      result = step();
    } catch (error) {
      return failed(error);
    }
    return result instanceof Promise ? result.then(passOn, failed) : passOn(result);
  };
  return {
    decrypt: (data, key) =>
      observe<Decrypted>(
        'from_storage',
        () => transformer.decrypt(data, key),
        () => data,
      ),
    encrypt: (data, key) =>
      observe<Uint8Array>(
        'to_storage',
        () => transformer.encrypt(data, key),
        (written) => written ?? noBytes,
      ),
  };
}

type Way = Parameters<EncryptionMetrics['transformed']>[0];
const noBytes = new Uint8Array();

/** What names the provider at the beginning of a stored value: `k8s:enc:aescbc:v1:`; '' when it is not encrypted. */
function prefixOf(stored: Uint8Array): string {
  if (!isEncrypted(stored)) return '';
  const begin = Buffer.from(stored.buffer, stored.byteOffset, Math.min(stored.length, 64)).toString('latin1');
  return begin.split(':', 4).join(':') + ':';
}

function writeOperation(operation: Operation, transformerOf: TransformerOf): Soon<Operation> {
  if (operation.type === 'delete') return operation;
  const transformer = transformerOf(operation.key);
  if (transformer === undefined) return operation;
  const value = transformer.encrypt(operation.value, operation.key);
  return value instanceof Promise ? value.then((bytes) => ({ ...operation, value: bytes })) : { ...operation, value };
}

function readEntry(entry: Entry, transformer: Transformer | undefined): Soon<Entry> {
  const { key, value } = entry;
  if (value.length === 0 || (transformer === undefined && !isEncrypted(value))) return entry;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const readable = ({ value: plain }: Decrypted): Entry => (plain === bytes ? entry : { ...entry, value: plain });
  const unreadable = (error: unknown): Entry => {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...entry, value: unreadableValue(reason) };
  };
  try {
    const read = (transformer ?? identity).decrypt(bytes, key);
    return read instanceof Promise ? read.then(readable, unreadable) : readable(read);
  } catch (error) {
    return unreadable(error);
  }
}

interface Watch {
  readonly key: string;
  readonly options: Parameters<Store['watch']>[1];
  readonly sink: WatchSink;
  readonly read: (entry: Entry) => Soon<Entry>;
}

function watchDecrypted(store: Store, { key, options, sink, read }: Watch): () => void {
  const state = { stopped: false };
  /** What must be told first; undefined when nothing waits. */
  let waiting: Promise<void> | undefined;
  const inOrder = (tell: () => Soon<void>): void => {
    const told = waiting === undefined ? tell() : waiting.then(tell);
    if (!(told instanceof Promise)) return;
    const done = told.finally(() => {
      if (waiting === done) waiting = undefined;
    });
    waiting = done;
  };
  const stop = store.watch(key, options, {
    events(events, revision) {
      // Asked for at once, told in turn.
      const ready = all(events.map((event) => readEvent(event, read)));
      const tell = (told: readonly StoreEvent[]): void => {
        if (!state.stopped) sink.events(told, revision);
      };
      inOrder(() => (ready instanceof Promise ? ready.then(tell) : tell(ready)));
    },
    ended: (end) =>
      inOrder(() => {
        if (!state.stopped) sink.ended(end);
      }),
  });
  return () => {
    state.stopped = true;
    stop();
  };
}

function readEvent(event: StoreEvent, read: (entry: Entry) => Soon<Entry>): Soon<StoreEvent> {
  const entry = read(event.entry);
  const previous = event.previous === undefined ? undefined : read(event.previous);
  if (entry instanceof Promise || previous instanceof Promise) {
    return Promise.all([entry, previous]).then(([now, before]) => ({ ...event, entry: now, previous: before }));
  }
  return { ...event, entry, previous };
}

function all<T>(values: readonly Soon<T>[]): Soon<readonly T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly T[]);
}
