/**
 * One call of etcd's Watch service for one range: events in order, the parts of a message put together. It does not
 * come back by itself (feed.ts does that).
 */
import { watch } from '../protocol/services.ts';
import type { WatchRequest, WatchResponse } from '../protocol/messages.ts';
import type { Decoded } from '../protocol/schema.ts';
import type { StoreEvent } from '../store.ts';
import type { Endpoints, Member, Stream } from './endpoints.ts';
import { eventOfWire } from './from-wire.ts';

export interface KeyRange {
  readonly start: string;
  readonly end: string;
}

export interface WatchCallOptions {
  readonly range: KeyRange;
  readonly fromRevision: number;
  readonly receive: {
    /** `revision`: everything up to here was sent. Without events it is a notice of progress. */
    events(events: readonly StoreEvent[], revision: number): void;
    /** Called once. `compactRevision`: the wanted revisions no longer exist; else the call broke. */
    ended(compactRevision: number | undefined, why: string): void;
  };
}

export interface WatchCall {
  readonly member: Member;
  /** Asks for a notice of progress. */
  requestProgress(): void;
  /** Nothing is received afterwards. */
  stop(): void;
}

export function callWatch(endpoints: Endpoints, member: Member, options: WatchCallOptions): WatchCall {
  const { range, fromRevision, receive } = options;
  const stream: Stream<typeof WatchRequest, typeof WatchResponse> = endpoints.open(member, watch.watch, true);
  let parts: StoreEvent[] = [];
  let open = true;
  const end = (compactRevision: number | undefined, why: string): void => {
    if (!open) return;
    open = false;
    stream.cancel();
    receive.ended(compactRevision, why);
  };
  stream.on('data', (response: Decoded<typeof WatchResponse>) => {
    if (!open) return;
    const { canceled, compactRevision, cancelReason, created, events, fragment, header } = response;
    if (canceled) return end(compactRevision > 0 ? compactRevision : undefined, cancelReason || 'the watch was ended');
    if (created) return;
    for (const event of events) {
      const told = eventOfWire(event);
      if (told !== undefined) parts.push(told);
    }
    if (fragment) return;
    const whole = parts;
    parts = [];
    receive.events(whole, whole.at(-1)?.entry.modRevision ?? header?.revision ?? 0);
  });
  stream.on('error', (error: Error) => end(undefined, error.message));
  stream.on('end', () => end(undefined, 'the stream ended'));
  const { start: key, end: rangeEnd } = range;
  stream.write({
    createRequest: {
      key: key === '' ? '\0' : key,
      rangeEnd,
      startRevision: fromRevision,
      progressNotify: true,
      prevKv: true,
      fragment: true,
    },
  });
  return {
    member,
    requestProgress: () => void (open && stream.write({ progressRequest: {} })),
    stop() {
      open = false;
      stream.cancel();
    },
  };
}
