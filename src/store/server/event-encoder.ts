/**
 * Events as bytes, encoded once for all watches that are told of them in the same turn of the event loop, which is
 * when the store tells them.
 */
import { Event, EventType } from '../protocol/messages.ts';
import { encodeMessage } from '../protocol/schema.ts';
import type { StoreEvent } from '../store.ts';

export class EventEncoder {
  #plain = new Map<StoreEvent, Buffer>();
  #withPrevious = new Map<StoreEvent, Buffer>();
  #isClearing = false;

  encode(event: StoreEvent, withPrevious: boolean): Buffer {
    const known = withPrevious ? this.#withPrevious : this.#plain;
    let bytes = known.get(event);
    if (bytes === undefined) {
      bytes = encodeMessage(Event, toEvent(event, withPrevious));
      known.set(event, bytes);
      this.#clearSoon();
    }
    return bytes;
  }

  #clearSoon(): void {
    if (this.#isClearing) return;
    this.#isClearing = true;
    setImmediate(() => {
      this.#isClearing = false;
      this.#plain = new Map();
      this.#withPrevious = new Map();
    });
  }
}

function toEvent({ type, entry, previous }: StoreEvent, withPrevious: boolean) {
  const kind = type === 'put' ? EventType.put : EventType.delete;
  return withPrevious && previous !== undefined
    ? { type: kind, kv: entry, prevKv: previous }
    : { type: kind, kv: entry };
}
