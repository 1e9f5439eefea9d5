/** A store whose keys lie elsewhere in etcd: what begins with `/registry/` here begins with another prefix there. */
import { prefixEnd } from '../store.ts';
import type { Entry, Store, StoreEvent } from '../store.ts';

const ownPrefix = '/registry/';

/** @param prefix As `--etcd-prefix` names it: `/registry` leaves keys as they are. */
export function placedStore(store: Store, prefix: string): Store {
  const place = placeOf(prefix);
  if (place === ownPrefix) return store;
  const there = (key: string): string => {
    if (key.startsWith(ownPrefix)) return place + key.slice(ownPrefix.length);
    if (key === prefixEnd(ownPrefix)) return prefixEnd(place);
    throw new RangeError(`Cannot place key "${key}": it does not begin with ${ownPrefix}`);
  };
  const here = (entry: Entry): Entry => ({ ...entry, key: ownPrefix + entry.key.slice(place.length) });
  const eventHere = (event: StoreEvent): StoreEvent => ({
    ...event,
    entry: here(event.entry),
    previous: event.previous && here(event.previous),
  });
  const endThere = <T extends { readonly end?: string }>(options: T): T =>
    options.end === undefined ? options : { ...options, end: there(options.end) };
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
    async range(key, options = {}) {
      const result = await store.range(there(key), endThere(options));
      return { ...result, entries: result.entries.map(here) };
    },
    async transact(conditions, operations) {
      const result = await store.transact(
        conditions.map((condition) => ({ ...condition, key: there(condition.key) })),
        operations.map((operation) => ({
          ...(operation.type === 'delete' ? endThere(operation) : operation),
          key: there(operation.key),
        })),
      );
      return result.ok
        ? { ...result, deleted: result.deleted.map(here) }
        : { ...result, current: result.current.map(here) };
    },
    watch: (key, options, sink) =>
      store.watch(there(key), endThere(options), {
        events: (events, revision) => sink.events(events.map(eventHere), revision),
        caughtUp: (revision) => sink.caughtUp?.(revision),
        ended: (end) => sink.ended(end),
      }),
    grantLease: (ttlSeconds, id) => store.grantLease(ttlSeconds, id),
    keepLeaseAlive: (id) => store.keepLeaseAlive(id),
    revokeLease: (id) => store.revokeLease(id),
    compact: (revision) => store.compact(revision),
    ...(store.sync === undefined ? {} : { sync: () => store.sync?.() ?? Promise.resolve() }),
    close: () => store.close(),
  };
}

/** Where keys begin, with the slash at the end. */
export function placeOf(prefix: string): string {
  return `/${prefix.replace(/^\/+|\/+$/g, '')}/`.replace(/^\/\/$/, '/');
}
