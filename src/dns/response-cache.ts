/**
 * Responses of the upstream resolvers, as bytes, until their shortest time to live is over (30 seconds at most).
 * Holds a bounded number; the one not used for longest goes first. Answers that are served get what is left of their time.
 */
import { questionEnd, questionKey, readHeader, ttlOffsets } from './message.ts';

interface Entry {
  readonly response: Buffer;
  readonly offsets: readonly number[];
  readonly storedAt: number;
  readonly expiresAt: number;
}

const maxEntries = 4096;
const maxResponseBytes = 4096;
const maxAgeSeconds = 30;
const noError = 0;
const nameError = 3;

export class ResponseCache {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A response with the query's own id and spelling of the name. */
  find(query: Buffer): Buffer | undefined {
    const key = keyOf(query);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || entry === undefined) return undefined;
    this.#entries.delete(key);
    const now = this.#now();
    if (entry.expiresAt <= now) return undefined;
    this.#entries.set(key, entry);
    const response = Buffer.from(entry.response);
    query.copy(response, 0, 0, 2);
    query.copy(response, 12, 12, questionEnd(query));
    const age = Math.trunc((now - entry.storedAt) / 1000);
    for (const at of entry.offsets) response.writeUInt32BE(Math.max(0, response.readUInt32BE(at) - age), at);
    return response;
  }

  store(query: Buffer, response: Buffer): void {
    const key = keyOf(query);
    const header = readHeader(response);
    const offsets = ttlOffsets(response);
    if (key === undefined || header === undefined || offsets === undefined || offsets.length === 0) return;
    if (header.truncated || response.length > maxResponseBytes) return;
    if (header.rcode !== noError && header.rcode !== nameError) return;
    const seconds = Math.min(maxAgeSeconds, ...offsets.map((at) => response.readUInt32BE(at)));
    if (seconds === 0) return;
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= maxEntries && oldest.done !== true) this.#entries.delete(oldest.value);
    const storedAt = this.#now();
    this.#entries.set(key, {
      response: Buffer.from(response),
      offsets,
      storedAt,
      expiresAt: storedAt + seconds * 1000,
    });
  }
}

/** Queries with and without EDNS get different responses. */
function keyOf(query: Buffer): string | undefined {
  const key = questionKey(query);
  return key === undefined ? undefined : `${query.readUInt16BE(10) > 0 ? 'edns' : 'plain'} ${key}`;
}
