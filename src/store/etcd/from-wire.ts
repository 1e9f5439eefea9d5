/** Entries and events of the port from etcd's messages. */
import { EventType } from '../protocol/messages.ts';
import type { Event, KeyValue } from '../protocol/messages.ts';
import type { Decoded } from '../protocol/schema.ts';
import type { Entry, StoreEvent } from '../store.ts';

export function entryOfWire(found: Decoded<typeof KeyValue>): Entry {
  const { key, value, createRevision, modRevision, version, lease } = found;
  return { key, value, createRevision, modRevision, version, lease };
}

export function eventOfWire({ type, kv, prevKv }: Decoded<typeof Event>): StoreEvent | undefined {
  if (kv === undefined) return undefined;
  const previous = prevKv === undefined ? undefined : entryOfWire(prevKv);
  return { type: type === EventType.delete ? 'delete' : 'put', entry: entryOfWire(kv), previous };
}
