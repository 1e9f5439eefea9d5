/**
 * The watch cache of one storage prefix: every current object in key order, and the latest changes in a ring, fed by one
 * watch on the store. Gets, lists and watches are answered from here.
 *
 *   store ──watch──▶ entries (sorted by key) ──▶ get, list
 *                └─▶ ring of changes ──────────▶ watchers, filed under the namespace they ask for
 *
 * Limits: the ring holds `ringSize` to twice as many changes and `maxRingBytes` of objects; a watch from before its oldest one is refused as expired. With the embedded
 * store the cache is exact: a change is in it before the write is answered.
 */
import type { KubeObject } from '../../api/kind.ts';
import { sleep, systemClock } from '../../base/clock.ts';
import { errorText, silentLog, type Log } from '../../base/log.ts';
import { KeyIndex } from '../../store/key-index.ts';
import { prefixEnd, StoreError, type Store, type Entry as Stored, type StoreEvent } from '../../store/store.ts';
import { Entry, storedBytes, whyNoObject } from './entry.ts';
import { LabelIndex } from './label-index.ts';
import { corruptObjectError, whyUnreadable } from './unreadable.ts';
import {
  everything,
  seenAs,
  type ChangeEvent,
  type ChangeItem,
  type Matches,
  type WatchItem,
  type WatchReceiver,
} from './watch.ts';

const ringSize = 4096;
/** Between attempts to read a store that is not there. */
const retryMs = 200;
const maxRingBytes = 64 * 1024 * 1024;

interface Watcher {
  /** Keys it may want: a prefix, or a single key. */
  readonly scope: string;
  readonly matches: Matches;
  readonly receiver: WatchReceiver;
  /** Changes up to this revision are not for it: it asked for a version that is yet to come. */
  readonly after: number;
}

/** A part of the server itself that keeps what it knows in step. */
interface Follower {
  /** A prefix, or a single key. */
  readonly scope: string;
  readonly take: (item: ChangeItem) => void;
}

export interface WatchStart {
  /** Prefix of the keys that are wanted, or one key. */
  readonly scope: string;
  readonly matches: Matches;
  /** Changes after this revision are wanted; undefined = what exists now comes first, as added. */
  readonly sinceRevision: number | undefined;
  /** What exists comes first, and a bookmark marks its end. */
  readonly bookmarkInitial: boolean;
}

export class ResourceCache {
  readonly prefix: string;
  readonly #store: Store;
  readonly #log: Log;
  readonly #entries = new KeyIndex<Entry>();
  readonly #byLabel = new LabelIndex();
  /** What is stored and cannot be read, with the reason. */
  readonly #unreadable = new Map<string, string>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #followers = new Set<Follower>();
  readonly #objectReaders = new Set<WatchReceiver>();
  /** Objects on their way into the store, by the bytes that go there. */
  readonly #written = new WeakMap<Uint8Array, KubeObject>();
  #ring: ChangeEvent[] = [];
  #ringBytes = 0;
  /** Changes at and below this revision are no longer in the ring. */
  #ringStart = 0;
  #loading: Promise<void> | undefined;
  #loaded = false;
  #stopWatch: (() => void) | undefined;
  #changesReceived = 0;
  #timesLoaded = 0;

  /** `prefix` ends in '/'. */
  constructor(store: Store, prefix: string, log: Log = silentLog) {
    this.#store = store;
    this.#log = log;
    this.prefix = prefix;
  }

  /** Fills the cache on first use; what failed is tried again by the next who asks. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** How many changes have come since the start. */
  get changesReceived(): number {
    return this.#changesReceived;
  }

  /** How often all was read from the store. */
  get timesLoaded(): number {
    return this.#timesLoaded;
  }

  /** How many changes are kept at most. */
  get changesKept(): number {
    return 2 * ringSize;
  }

  /** Filled: there is nothing to wait for. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** The oldest revision from which a watch can start. */
  get oldestRevision(): number {
    return this.#ringStart;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Watchers that a change below this scope, or of the one key, would concern. */
  watchersOf(scope: string): number {
    const all = this.#watchers.get(this.prefix)?.size ?? 0;
    return scope === this.prefix ? all : all + (this.#watchers.get(scope)?.size ?? 0);
  }

  /** @throws ApiError for what is stored and cannot be read */
  get(key: string): Entry | undefined {
    const reason = this.#unreadable.size === 0 ? undefined : this.#unreadable.get(key);
    if (reason !== undefined) throw corruptObjectError(key, reason);
    return this.#entries.get(key);
  }

  /** What lies in a scope and is in no list, because it cannot be read. */
  unreadableIn(scope: string): readonly { readonly key: string; readonly reason: string }[] {
    if (this.#unreadable.size === 0) return [];
    return [...this.#unreadable].flatMap(([key, reason]) => (key.startsWith(scope) ? [{ key, reason }] : []));
  }

  /** Entries whose keys begin with the scope (which ends in '/'), beginning with the key `from`. */
  list(scope: string, from = scope): Entry[] {
    return this.#entries.slice(from, prefixEnd(scope));
  }

  /** The same, of those alone that carry a label with a value. */
  listLabelled([label, value]: readonly [string, string], scope: string, from: string): Entry[] {
    const entries = this.#byLabel.entries(label, value, () => this.#entries.slice('', '\uffff'));
    return entries.slice(from, prefixEnd(scope));
  }

  /** Starts at once; the first items may be delivered before it returns. */
  watch(start: WatchStart, receiver: WatchReceiver): () => void {
    const { scope, matches, sinceRevision = 0 } = start;
    const watcher: Watcher = { scope, matches, receiver, after: sinceRevision };
    const initial = start.sinceRevision === undefined ? this.#existing(start) : this.#since(start, start.sinceRevision);
    const filed = this.#watchers.get(start.scope) ?? new Set();
    this.#watchers.set(start.scope, filed.add(watcher));
    if (receiver.readsObjects === true) this.#objectReaders.add(receiver);
    if (initial.length > 0) receiver.items(initial);
    return () => {
      filed.delete(watcher);
      this.#objectReaders.delete(receiver);
      if (filed.size === 0 && this.#watchers.get(start.scope) === filed) this.#watchers.delete(start.scope);
    };
  }

  /**
   * For parts of the server itself: what exists comes first, as added, and then every change until it is stopped. When the
   * cache was rebuilt, what it had missed comes as changes, too: what is gone is told as deleted.
   */
  follow(scope: string, take: (item: ChangeItem) => void): () => void {
    const follower: Follower = { scope, take };
    const entries = this.#entries.slice(scope, scope.endsWith('/') ? prefixEnd(scope) : `${scope}\0`);
    this.#followers.add(follower);
    for (const entry of entries) this.#hand(follower, { type: 'ADDED', entry });
    return () => void this.#followers.delete(follower);
  }

  /**
   * The bytes to store for an object, which must not change any more. Where somebody reads every object, the entry that is
   * made of these very bytes has it without parsing them.
   */
  encode(object: KubeObject): Uint8Array {
    const bytes = storedBytes(object);
    if (this.#objectReaders.size > 0) this.#written.set(bytes, object);
    return bytes;
  }

  /** Reads anew when something could not be read: the keys may be there now. */
  reread(): void {
    if (this.#unreadable.size === 0) return;
    this.#stopWatch?.();
    this.#reload();
  }

  close(): void {
    this.#stopWatch?.();
    this.#followers.clear();
    this.#endWatchers();
  }

  #existing(start: WatchStart): WatchItem[] {
    const single = start.scope.endsWith('/') ? undefined : this.get(start.scope);
    const entries = start.scope.endsWith('/') ? this.list(start.scope) : single === undefined ? [] : [single];
    const items: WatchItem[] = entries.filter(start.matches).map((entry) => ({ type: 'ADDED', entry }));
    if (start.bookmarkInitial) items.push({ type: 'BOOKMARK', revision: this.revision, initialEventsEnd: true });
    return items;
  }

  #since(start: WatchStart, revision: number): WatchItem[] {
    const items: WatchItem[] = [];
    for (const event of this.#ring) {
      if (event.revision <= revision || !event.entry.key.startsWith(start.scope)) continue;
      const item = seenAs(event, start.matches);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  async #load(): Promise<void> {
    this.#stopWatch?.(); // of an attempt that failed
    const { entries, revision } = await this.#store.range(this.prefix, { end: prefixEnd(this.prefix) });
    this.#tellFollowers(this.#replace(entries, revision));
    this.#ringStart = revision;
    this.#stopWatch = this.#store.watch(
      this.prefix,
      { end: prefixEnd(this.prefix), fromRevision: revision + 1 },
      {
        events: (events) => this.#apply(events),
        ended: () => this.#reload(),
      },
    );
    // What was read may be ahead of the watches: its revision must not be told before they are there.
    if (revision > this.#store.revision) await this.#store.sync?.();
    this.#loaded = true;
    this.#timesLoaded++;
  }

  /** Takes what is stored now in place of what was there, and says what changed. */
  #replace(stored: readonly Stored[], revision: number): readonly ChangeEvent[] {
    const missed: ChangeEvent[] = [];
    const gone = new Map(this.#entries.slice('', '\uffff').map((entry) => [entry.key, entry]));
    this.#unreadable.clear();
    for (const { key, modRevision, value } of stored) {
      if (!this.#isReadable(key, value)) continue;
      const previous = gone.get(key);
      gone.delete(key);
      if (previous?.revision === modRevision && previous.holds(value)) continue;
      const entry = new Entry(key, modRevision, value);
      this.#entries.set(entry);
      this.#byLabel.replace(previous, entry);
      missed.push({ revision: modRevision, entry, previous, deleted: false });
    }
    for (const previous of gone.values()) {
      this.#entries.delete(previous.key);
      this.#byLabel.replace(previous, undefined);
      missed.push({ revision, entry: previous.at(revision), previous, deleted: true });
    }
    return missed;
  }

  #tellFollowers(changes: readonly ChangeEvent[]): void {
    for (const follower of this.#followers) {
      for (const change of changes) {
        const item = isWithin(follower.scope, change.entry.key) ? seenAs(change, everything) : undefined;
        if (item !== undefined) this.#hand(follower, item);
      }
    }
  }

  /** Another program may have written to the store what is no valid object: all else goes on. */
  #hand({ take }: Follower, item: ChangeItem): void {
    try {
      take(item);
    } catch (error) {
      this.#log.error('What is stored cannot be taken over', { key: item.entry.key, why: errorText(error) });
    }
  }

  #apply(events: readonly StoreEvent[]): void {
    const changes: ChangeEvent[] = [];
    this.#changesReceived += events.length;
    for (const event of events) {
      const told = this.#told(event);
      if (told !== undefined) changes.push(this.#change(told));
    }
    for (const change of changes) {
      this.#ring.push(change);
      this.#ringBytes += change.entry.bytes;
    }
    this.#trim();
    this.#tellFollowers(changes);
    this.#announce(changes);
  }

  /** When the ring holds too many changes or too heavy ones, the newest half stays. */
  #trim(): void {
    if (this.#ring.length <= 2 * ringSize && this.#ringBytes <= maxRingBytes) return;
    let first = this.#ring.length;
    let bytes = 0;
    while (first > 0 && this.#ring.length - first < ringSize) {
      const weight = (this.#ring[first - 1] as ChangeEvent).entry.bytes;
      if (bytes + weight > maxRingBytes / 2) break;
      bytes += weight;
      first--;
    }
    const lastDropped = this.#ring[first - 1];
    // Changes of one transaction share a revision: where some of them went, none of them can be watched from.
    if (lastDropped !== undefined) this.#ringStart = lastDropped.revision;
    this.#ring = this.#ring.slice(first);
    this.#ringBytes = bytes;
  }

  /** False: the value is kept apart. */
  #isReadable(key: string, value: Uint8Array): boolean {
    const reason = whyUnreadable(value) ?? whyNoObject(value);
    if (reason === undefined) {
      if (this.#unreadable.size > 0) this.#unreadable.delete(key);
      return true;
    }
    this.#unreadable.set(key, reason);
    return false;
  }

  /** The event as watchers may know of it: an object that cannot be read any more is gone for them. */
  #told(event: StoreEvent): StoreEvent | undefined {
    const { key, value } = event.entry;
    if (event.type === 'delete') return this.#unreadable.delete(key) ? undefined : event;
    if (this.#isReadable(key, value)) return event;
    return this.#entries.get(key) === undefined ? undefined : { ...event, type: 'delete' };
  }

  #change(event: StoreEvent): ChangeEvent {
    const { key, modRevision } = event.entry;
    const previous = this.#entries.get(key);
    if (event.type === 'delete') {
      this.#entries.delete(key);
      this.#byLabel.replace(previous, undefined);
      const last = previous ?? new Entry(key, modRevision, event.previous?.value ?? event.entry.value);
      return { revision: modRevision, entry: last.at(modRevision), previous, deleted: true };
    }
    const { value } = event.entry;
    const entry = new Entry(key, modRevision, value, this.#written.get(value));
    // Once: the store keeps the bytes for long.
    this.#written.delete(value);
    this.#entries.set(entry);
    this.#byLabel.replace(previous, entry);
    return { revision: modRevision, entry, previous, deleted: false };
  }

  /** Each watcher is told of a batch at once. Only those filed under a change's resource, namespace or name are visited. */
  #announce(changes: readonly ChangeEvent[]): void {
    const byScope = new Map<string, ChangeEvent[]>();
    for (const change of changes) {
      const { key } = change.entry;
      const namespace = key.slice(0, key.lastIndexOf('/') + 1);
      for (const scope of namespace === this.prefix ? [namespace, key] : [this.prefix, namespace, key]) {
        if (!this.#watchers.has(scope)) continue;
        const concerning = byScope.get(scope);
        if (concerning === undefined) byScope.set(scope, [change]);
        else concerning.push(change);
      }
    }
    const failed = (error: unknown): void =>
      this.#log.error('A watch ends: a change could not be told', { prefix: this.prefix, why: errorText(error) });
    for (const [scope, concerning] of byScope) tell(this.#watchers.get(scope) ?? [], concerning, failed);
  }

  /**
   * The store lost the thread (compaction under a slow reader): start anew, and let watchers list again. Requests wait;
   * what the server itself looks up stays as it was until the new state is there.
   */
  #reload(): void {
    this.#endWatchers();
    this.#loaded = false;
    this.#ring = [];
    this.#ringBytes = 0;
    this.#loading = this.#loadAtLast();
    this.#loading.catch(() => undefined);
  }

  /** Whoever asks meanwhile waits until the store can be read again. */
  async #loadAtLast(): Promise<void> {
    for (;;) {
      try {
        return await this.#load();
      } catch (error) {
        if (!(error instanceof StoreError) || error.reason !== 'unavailable') throw error;
        await sleep(systemClock, retryMs);
      }
    }
  }

  #endWatchers(): void {
    const all = [...this.#watchers.values()].flatMap((watchers) => [...watchers]);
    this.#watchers.clear();
    this.#objectReaders.clear();
    for (const { receiver } of all) receiver.ended();
  }
}

const isWithin = (scope: string, key: string): boolean => (scope.endsWith('/') ? key.startsWith(scope) : key === scope);

function tell(watchers: Iterable<Watcher>, changes: readonly ChangeEvent[], failed: (error: unknown) => void): void {
  const first = changes[0]?.revision ?? 0;
  let all: readonly WatchItem[] | undefined;
  for (const { matches, receiver, after } of watchers) {
    try {
      const items =
        matches === everything && first > after ? (all ??= seen(changes, matches, 0)) : seen(changes, matches, after);
      if (items.length > 0) receiver.items(items);
    } catch (error) {
      // What is stored may be no valid object: whoever lists again is told.
      failed(error);
      receiver.ended();
    }
  }
}

/** How a watcher sees the changes after a revision. */
function seen(changes: readonly ChangeEvent[], matches: Matches, after: number): readonly WatchItem[] {
  const items: WatchItem[] = [];
  for (const change of changes) {
    const item = change.revision > after ? seenAs(change, matches) : undefined;
    if (item !== undefined) items.push(item);
  }
  return items;
}
