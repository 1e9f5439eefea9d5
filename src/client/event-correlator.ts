/**
 * What becomes of an event before it is written, so that something that is wrong all day does not fill the cluster
 * (https://github.com/kubernetes/design-proposals-archive/blob/main/api-machinery/event_compression.md):
 *
 *   many about one object       25 at once, then one in five minutes; the rest is dropped
 *   same but for the message    from the tenth within ten minutes on they become one event, "(combined from …)"
 *   the very same               the first is created, further ones raise its count
 *
 * Each step remembers at most 4096 keys, the least recently used go first. Pure but for what it remembers.
 */
import type { ObjectReference } from '../api/groups/core.v1.ts';
import type { Random } from '../base/random.ts';

/** An event as somebody reports it. */
export interface Happening {
  readonly object: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
}

export interface Counted {
  /** As it is to be written: its message may have been changed. */
  readonly happening: Happening;
  /** 1: a new event is created; more: the event of that name is patched. */
  readonly count: number;
  readonly name: string;
  readonly firstMs: number;
}

const mostKeys = 4096;
const spamBurst = 25;
const spamRefillMs = 300_000;
const combineFrom = 10;
const combineWithinMs = 600_000;

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

interface Similar {
  readonly messages: ReadonlySet<string>;
  readonly atMs: number;
}

interface Seen {
  readonly count: number;
  readonly name: string;
  readonly firstMs: number;
}

export class EventCorrelator {
  readonly #buckets = new RecentMap<Bucket>();
  readonly #similar = new RecentMap<Similar>();
  readonly #seen = new RecentMap<Seen>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Undefined: the event is dropped, though it counts. */
  take(happening: Happening): Counted | undefined {
    const { object, atMs } = happening;
    const combined = this.#combine(happening);
    const key = eventKey(combined);
    const seen = this.#seen.get(key) ?? { count: 0, name: eventName(object, atMs, this.#random), firstMs: atMs };
    const next = { ...seen, count: seen.count + 1 };
    this.#seen.set(key, next);
    return this.#isSpam(object, atMs) ? undefined : { happening: combined, ...next };
  }

  #isSpam(object: ObjectReference, nowMs: number): boolean {
    const key = objectText(object);
    const bucket = this.#buckets.get(key) ?? { tokens: spamBurst, atMs: nowMs };
    const tokens = Math.min(bucket.tokens + (nowMs - bucket.atMs) / spamRefillMs, spamBurst);
    const spam = tokens < 1;
    this.#buckets.set(key, { tokens: spam ? tokens : tokens - 1, atMs: nowMs });
    return spam;
  }

  #combine(happening: Happening): Happening {
    const nowMs = happening.atMs;
    const key = similarKey(happening);
    const before = this.#similar.get(key);
    const known = before === undefined || nowMs - before.atMs > combineWithinMs ? new Set<string>() : before.messages;
    const messages = new Set(known).add(happening.message);
    const full = messages.size >= combineFrom;
    this.#similar.set(key, { messages: full ? known : messages, atMs: nowMs });
    if (!full) return happening;
    return { ...happening, message: `${combinedPrefix}${happening.message}` };
  }
}

const combinedPrefix = '(combined from similar events): ';

/** The same for all events about one object, whichever part of it they are about. */
export function objectText(object: ObjectReference): string {
  const { kind, namespace, name, uid, apiVersion } = object;
  return JSON.stringify([kind, namespace, name, uid, apiVersion]);
}

function similarKey({ object, type, reason }: Happening): string {
  return JSON.stringify([objectText(object), object.fieldPath, type, reason]);
}

/** All combined events of a kind are one, whatever their message. */
function eventKey(happening: Happening): string {
  const { message } = happening;
  const combined = message.startsWith(combinedPrefix);
  return JSON.stringify([similarKey(happening), combined, combined ? '' : message]);
}

const longestName = 253;

/**
 * `web-1.17f3a2b9c0d1e2f3`: the object, and the nanoseconds since 1970 in hex. Chance fills in what is finer than the
 * clock, so that two reporters of the same millisecond do not meet.
 */
export function eventName(object: ObjectReference, nowMs: number, random: Random): string {
  const nanos = BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(Math.floor(random.next() * 1_000_000));
  const suffix = `.${nanos.toString(16)}`;
  return (object.name ?? '').slice(0, longestName - suffix.length) + suffix;
}

/** A map that forgets the entry least recently used when it is full. */
export class RecentMap<V> {
  readonly #entries = new Map<string, V>();

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<readonly [string, V]> {
    return this.#entries;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= mostKeys) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
