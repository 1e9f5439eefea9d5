/**
 * Watches on a resource. Each change is one shared event; a watcher sees it as ADDED, MODIFIED or DELETED depending on
 * whether its selection held before and holds after. Who watches everything gets the same list of items as all others who
 * do, so that a thousand watchers cost one encoding (http/watch-frames.ts).
 */
import type { Entry } from './entry.ts';

export interface ChangeEvent {
  readonly revision: number;
  /** The object after the change; for a deletion, its last state with the revision of the deletion. */
  readonly entry: Entry;
  readonly previous: Entry | undefined;
  readonly deleted: boolean;
}

export interface ChangeItem {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly entry: Entry;
}

export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly revision: number;
  readonly initialEventsEnd: boolean;
}

export type WatchItem = ChangeItem | Bookmark;

export interface WatchReceiver {
  /** Watchers that see the same changes get one and the same list of them. */
  items(items: readonly WatchItem[]): void;
  /** The watcher was too slow, or the cache was rebuilt: it must list again. */
  ended(): void;
  /** It looks at every object, not at its bytes alone: objects that are written are kept parsed for it. */
  readonly readsObjects?: true;
}

export interface WatchSubscription {
  /** Delivers what there is at once and then what comes; returns what stops it. */
  start(receiver: WatchReceiver): () => void;
  /** The revision up to which everything was delivered. */
  revision(): number;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

export type Matches = (entry: Entry) => boolean;

/** The selection of those who watch all there is. */
export const everything: Matches = () => true;

/** How a watcher with this selection sees the change; undefined when it does not concern it. */
export function seenAs(event: ChangeEvent, matches: Matches): ChangeItem | undefined {
  const before = event.previous !== undefined && matches(event.previous);
  const after = !event.deleted && matches(event.entry);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', entry: event.entry };
  if (!before) return undefined;
  // It left the selection or the cluster: the watcher gets its last matching state, at the revision of the change.
  return { type: 'DELETED', entry: lastState(event) };
}

const lastStates = new WeakMap<ChangeEvent, Entry>();

function lastState(event: ChangeEvent): Entry {
  if (event.deleted) return event.entry;
  let entry = lastStates.get(event);
  if (entry === undefined) {
    entry = (event.previous as Entry).at(event.revision);
    lastStates.set(event, entry);
  }
  return entry;
}
