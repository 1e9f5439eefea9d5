/**
 * Tells users what happens to their objects: the events of `kubectl describe` and `kubectl events`.
 *
 * Telling never waits and never fails: events queue up (at most 1000 unless told otherwise, then new ones are dropped and
 * that is logged; who must not lose any looks at `waiting` first) and are written compressed by the correlator. Those of one object are written one after the other, so that their order and
 * their counts hold; those of different objects up to eight at a time, objects taking turns:
 *
 *   waiting     web-1: ●●   web-2: ●   …          the object whose turn it is ──▶ being written ──▶ to the end, if more waits
 *
 * A server that cannot be reached is tried again for a while; an event that it refuses is given up.
 */
import { isApiError } from '../api/api-error.ts';
import type { ObjectReference } from '../api/groups/core.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import { Events } from '../api/resources.ts';
import { formatTime } from '../api/time.ts';
import { sleep } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from './component.ts';
import { EventCorrelator, objectText, type Counted, type Happening } from './event-correlator.ts';

export type EventType = Happening['type'];

export interface EventRecorder {
  /**
   * @param object the object, or a reference to it or to a part of it (see referenceTo)
   * @param reason one word in CamelCase for machines, such as FailedScheduling
   * @param message a sentence for people
   */
  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void;
}

export interface EventRecorderOptions extends ComponentContext {
  /** Who tells, such as deployment-controller. */
  readonly component: string;
  /** Node on which it runs, when that matters. */
  readonly host?: string | undefined;
  /** Nothing is written any more once it aborts. */
  readonly signal: AbortSignal;
  /** Events that may wait to be written; default: 1000. */
  readonly longestQueue?: number | undefined;
}

export interface QueuedEventRecorder extends EventRecorder {
  /** Events that wait to be written. */
  readonly waiting: number;
  /** Resolves when nothing waits to be written. */
  whenIdle(): Promise<void>;
}

const defaultLongestQueue = 1000;
const writtenAtOnce = 8;
const attempts = 12;
const retryMs = 10_000;

export function createEventRecorder(options: EventRecorderOptions): QueuedEventRecorder {
  return new EventQueue(options);
}

class EventQueue implements QueuedEventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #correlator: EventCorrelator;
  /** By object, in the order in which it is their turn. */
  readonly #waiting = new Map<string, Happening[]>();
  /** What came after the event being written, by object. */
  readonly #writing = new Map<string, Happening[]>();
  #length = 0;
  #dropped = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.random);
  }

  get waiting(): number {
    return this.#length;
  }

  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void {
    const { clock, signal, longestQueue = defaultLongestQueue } = this.#options;
    if (signal.aborted) return;
    if (this.#length >= longestQueue) {
      this.#dropped++;
      return;
    }
    const reference = 'metadata' in object ? referenceTo(object) : object;
    const key = objectText(reference);
    let events = this.#writing.get(key) ?? this.#waiting.get(key);
    if (events === undefined) {
      events = [];
      this.#waiting.set(key, events);
    }
    events.push({ object: reference, type, reason, message, atMs: clock.now() });
    this.#length++;
    this.#startWriting();
  }

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
  async #writeFirst(key: string, events: Happening[]): Promise<void> {
    const { log, signal } = this.#options;
    const first = events.shift();
    this.#length--;
    const counted = first === undefined ? undefined : this.#correlator.take(first);
    await (counted === undefined ? undefined : writePatiently(this.#options, counted));
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
async function writePatiently(options: EventRecorderOptions, counted: Counted): Promise<void> {
  const { clock, random, log, signal } = options;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await write(options, counted);
      return;
    } catch (error) {
      const { reason, object } = counted.happening;
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

async function write(options: EventRecorderOptions, counted: Counted): Promise<void> {
  const { client } = options;
  const { count, name, happening } = counted;
  if (count > 1) {
    const ref = { namespace: namespaceOf(happening), name };
    const value = { count, lastTimestamp: formatTime(happening.atMs), message: happening.message };
    try {
      await client.patch(Events, ref, { type: 'strategic', value });
      return;
    } catch (error) {
      // Events live for an hour: an old one is written anew.
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
  await client.create(Events, eventOf(options, counted));
}

function eventOf(options: EventRecorderOptions, counted: Counted) {
  const { component, host } = options;
  const { happening, name, count, firstMs } = counted;
  const { object, type, reason, message, atMs } = happening;
  return {
    metadata: { name, namespace: namespaceOf(happening) },
    involvedObject: object,
    reason,
    message,
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: formatTime(firstMs),
    lastTimestamp: formatTime(atMs),
    count,
    type,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}

/** Events about objects of the whole cluster lie in `default`. */
function namespaceOf({ object }: Happening): string {
  return object.namespace === undefined || object.namespace === '' ? 'default' : object.namespace;
}
