/**
 * The last events, with their values: what watches start from and where values are found without a look at the disk.
 *
 * Bounded by number and by bytes; the oldest go first. Whoever needs older ones reads the database.
 */
import type { StoreEvent } from '../store.ts';

export interface HistoryLimits {
  readonly events: number;
  readonly bytes: number;
}

/** What an event weighs besides its values. */
const eventBytes = 300;

interface Item {
  readonly event: StoreEvent;
  readonly position: number;
}

export class RecentHistory {
  readonly #limits: HistoryLimits;
  readonly #values = new Map<number, Uint8Array>();
  #items: Item[] = [];
  /** Items before this one are gone; the array is cut now and then. */
  #first = 0;
  #bytes = 0;
  #completeFrom: number;

  /** @param revision The last revision whose events are not here. */
  constructor(limits: HistoryLimits, revision: number) {
    this.#limits = limits;
    this.#completeFrom = revision + 1;
  }

  /** Whether all events of this revision and later ones are here. */
  covers(revision: number): boolean {
    return revision >= this.#completeFrom;
  }

  /** The value that was put by the change at this position, if it is still here. */
  value(position: number): Uint8Array | undefined {
    return this.#values.get(position);
  }

  push(event: StoreEvent, position: number): void {
    this.#items.push({ event, position });
    this.#values.set(position, event.entry.value);
    this.#bytes += weight(event);
    while (this.#items.length - this.#first > this.#limits.events || this.#bytes > this.#limits.bytes)
      this.#dropFirst();
  }

  /** Events of this revision and later ones. */
  since(revision: number): StoreEvent[] {
    let low = this.#first;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle]?.event.entry.modRevision ?? 0) < revision) low = middle + 1;
      else high = middle;
    }
    return this.#items.slice(low).map(({ event }) => event);
  }

  #dropFirst(): void {
    const item = this.#items[this.#first];
    if (item === undefined) return;
    this.#first += 1;
    this.#bytes -= weight(item.event);
    this.#values.delete(item.position);
    this.#completeFrom = item.event.entry.modRevision + 1;
    if (this.#first < 1024 || this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}

function weight({ entry, previous }: StoreEvent): number {
  return eventBytes + entry.key.length + entry.value.byteLength + (previous?.value.byteLength ?? 0);
}
