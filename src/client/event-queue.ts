/**
 * Where events wait to be written, for those who tell never wait: at most 1000 unless told otherwise, then new ones are
 * dropped and that is logged; who must not lose any looks at `waiting` first. Those of one object are written one after
 * the other, so that their order and their counts hold; those of different objects up to eight at a time, objects taking
 * turns:
 *
 *   waiting     web-1: ●●   web-2: ●   …          the object whose turn it is ──▶ being written ──▶ to the end, if more waits
 *
 * A server that cannot be reached is tried again for a while; an event that it refuses is given up.
 */
import { isApiError } from '../api/api-error.ts';
import type { ObjectReference } from '../api/groups/core.v1.ts';
import { sleep } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from './component.ts';
import { objectText } from './event-correlator.ts';

/** What has happened, as far as the queue wants to know. */
export interface Told {
  readonly object: ObjectReference;
  readonly reason: string;
}

/** One event about an object that waits to be written. */
export interface WaitingEvent extends Told {
  /** Asked when it is its turn: how it is written; undefined: it need not be. */
  readonly take: () => (() => Promise<void>) | undefined;
}

export interface EventQueueOptions extends ComponentContext {
  /** Nothing is written any more once it aborts. */
  readonly signal: AbortSignal;
  /** Events that may wait to be written; default: 1000. */
  readonly longestQueue?: number | undefined;
}

const defaultLongestQueue = 1000;
const writtenAtOnce = 8;
const attempts = 12;
const retryMs = 10_000;

export class EventQueue {
  readonly #options: EventQueueOptions;
  /** By object, in the order in which it is their turn. */
  readonly #waiting = new Map<string, WaitingEvent[]>();
  /** What came after the event being written, by object. */
  readonly #writing = new Map<string, WaitingEvent[]>();
  #length = 0;
  #dropped = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Events that wait to be written. */
  get waiting(): number {
    return this.#length;
  }

  add(event: WaitingEvent): void {
    const { signal, longestQueue = defaultLongestQueue } = this.#options;
    if (signal.aborted) return;
    if (this.#length >= longestQueue) {
      this.#dropped++;
      return;
    }
    const key = objectText(event.object);
    let events = this.#writing.get(key) ?? this.#waiting.get(key);
    if (events === undefined) {
      events = [];
      this.#waiting.set(key, events);
    }
    events.push(event);
    this.#length++;
    this.#startWriting();
  }

  /** Resolves when nothing waits to be written. */
  async whenIdle(): Promise<void> {
    if (this.#writing.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  #startWriting(): void {
    for (const [key, events] of this.#waiting) {
      if (this.#writing.size >= writtenAtOnce) return;
      this.#waiting.delete(key);
      this.#writing.set(key, events);
      void this.#writeFirst(key, events);
    }
  }

  /** Never rejects. */
  async #writeFirst(key: string, events: WaitingEvent[]): Promise<void> {
    const { log, signal } = this.#options;
    const first = events.shift();
    this.#length--;
    const write = first?.take();
    await (first === undefined || write === undefined ? undefined : writePatiently(this.#options, first, write));
    if (this.#dropped > 0) log.warn('Dropped events: too many at once', { dropped: this.#dropped });
    this.#dropped = 0;
    this.#writing.delete(key);
    if (events.length > 0) this.#waiting.set(key, events);
    if (signal.aborted) this.#waiting.clear();
    this.#startWriting();
    if (this.#writing.size > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}

/** Never rejects: an event that cannot be written is logged and given up. */
async function writePatiently(options: EventQueueOptions, told: Told, write: () => Promise<void>): Promise<void> {
  const { clock, random, log, signal } = options;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await write();
      return;
    } catch (error) {
      const { reason, object } = told;
      const fields = { reason, namespace: object.namespace, name: object.name, error: errorText(error) };
      if (isRefusal(error)) return log.debug('The server refused an event', fields);
      if (attempt === attempts) return log.warn('Cannot write an event', fields);
    }
    // The first wait by chance: else all clients come back to a restarted server in the same moment.
    await sleep(clock, attempt === 1 ? retryMs * random.next() : retryMs, signal);
  }
}

function isRefusal(error: unknown): boolean {
  return isApiError(error) && !isApiError(error, 'TooManyRequests', 'ServiceUnavailable', 'ServerTimeout', 'Timeout');
}

/** Where an event about the object lies: `default` when it belongs to no namespace. */
export function eventNamespace({ namespace }: ObjectReference): string {
  return namespace === undefined || namespace === '' ? 'default' : namespace;
}
