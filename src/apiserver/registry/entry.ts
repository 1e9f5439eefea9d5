/**
 * An object as the server keeps it: the bytes that were stored, and the parsed value once somebody needed it.
 *
 * What is stored has no resource version: the version is the revision of the write, known only when it is on disk. It
 * goes into the answer behind the uid:
 *
 *   {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","uid":"…",│"resourceVersion":"7",│"creationTimestamp":…}}
 *                                                        stored bytes └─ joined on the way out ─┘
 *
 * Entries are immutable and shared by the cache, by lists and by every watcher.
 */
import type { KubeObject } from '../../api/kind.ts';

const uidStart = Buffer.from('"uid":"');
const uidLength = 36;

export class Entry {
  readonly key: string;
  /** The revision of the last write; the object's resource version. */
  readonly revision: number;
  readonly bytes: Buffer;
  readonly #splitAt: number;
  #object: KubeObject | undefined;

  constructor(key: string, revision: number, stored: Uint8Array) {
    this.key = key;
    this.revision = revision;
    this.bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    this.#splitAt = this.bytes.indexOf(uidStart) + uidStart.length + uidLength + 1;
  }

  get resourceVersion(): string {
    return String(this.revision);
  }

  /** The JSON as served, in three parts to be joined; `from` skips the first bytes (kind and apiVersion in lists). */
  parts(from = 0): readonly [Buffer, string, Buffer] {
    return [
      this.bytes.subarray(from, this.#splitAt),
      `,"resourceVersion":"${this.revision}"`,
      this.bytes.subarray(this.#splitAt),
    ];
  }

  /** The JSON as served. */
  text(): string {
    const [before, version, after] = this.parts();
    return before.toString('utf8') + version + after.toString('utf8');
  }

  /** The same state under another resource version. */
  at(revision: number): Entry {
    return new Entry(this.key, revision, this.bytes);
  }

  /** The parsed object, resource version and all. Shared: never changed. */
  get object(): KubeObject {
    this.#object ??= JSON.parse(this.text()) as KubeObject;
    return this.#object;
  }
}

/** The bytes to store for an object; its resource version stays out. The metadata come first, where they are found. */
export function storedBytes(object: KubeObject): Uint8Array {
  const { kind, apiVersion, metadata: given, ...rest } = object;
  const { resourceVersion: _, ...metadata } = given;
  return Buffer.from(JSON.stringify({ kind, apiVersion, metadata, ...rest }), 'utf8');
}
