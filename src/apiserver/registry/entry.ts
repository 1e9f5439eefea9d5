/**
 * An object as the server keeps it: its JSON as it is served, and the parsed value once somebody needed it.
 *
 * What is stored has no resource version: the version is the revision of the write, known only when it is on disk. An
 * entry is made when the write has landed, and the version is joined in behind the uid once and for all:
 *
 *   {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","uid":"…"│,"resourceVersion":"7"│,"creationTimestamp":…}}
 *                                                         stored    └────── joined in ─────┘   stored
 *
 * So answers, lists and watches send `json` as it lies there. Entries are immutable and shared by all of them.
 */
import type { KubeObject } from '../../api/kind.ts';
import { forgetLater, type Parsed } from './parsed-objects.ts';

type Labels = Readonly<Record<string, string>>;

export interface FieldReader {
  read(object: KubeObject): Readonly<Record<string, string>>;
}

const noLabels: Labels = Object.freeze({});
const uidStart = Buffer.from('"uid":"');
const uidLength = 36;
const openingBrace = 0x7b;

/** Why the bytes cannot be an object that an API server stored; undefined when they can. Their end is not looked at. */
export function whyNoObject(stored: Uint8Array): string | undefined {
  const source = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (source[0] !== openingBrace) return 'it is no JSON object';
  const uidAt = source.indexOf(uidStart);
  return uidAt < 0 || uidAt + uidStart.length + uidLength + 1 > source.length ? 'it has no uid' : undefined;
}

export class Entry implements Parsed {
  readonly key: string;
  /** The revision of the last write; the object's resource version. */
  readonly revision: number;
  /** As served. */
  readonly json: Buffer;
  readonly #splitAt: number;
  #object: KubeObject | undefined;
  #labels: Labels | undefined;
  #selectable: { readonly reader: FieldReader; readonly fields: Labels } | undefined;

  /** @param written What the bytes were made from, where that is at hand. */
  constructor(key: string, revision: number, stored: Uint8Array, written?: KubeObject) {
    const source = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    const version = versionText(revision);
    const splitAt = source.indexOf(uidStart) + uidStart.length + uidLength + 1;
    const json = Buffer.allocUnsafeSlow(source.length + version.length);
    source.copy(json, 0, 0, splitAt);
    json.write(version, splitAt, 'latin1');
    source.copy(json, splitAt + version.length, splitAt);
    this.key = key;
    this.revision = revision;
    this.json = json;
    this.#splitAt = splitAt;
    if (written === undefined) return;
    this.#object = withVersion(written, this.resourceVersion);
    forgetLater(this);
  }

  get resourceVersion(): string {
    return String(this.revision);
  }

  /** What weighs on memory: the size of the object and of its parsed value, about. */
  get bytes(): number {
    return this.json.length;
  }

  /** The bytes are those that are stored. */
  holds(stored: Uint8Array): boolean {
    const { length } = versionText(this.revision);
    return (
      stored.length === this.json.length - length &&
      this.json.compare(stored, 0, this.#splitAt, 0, this.#splitAt) === 0 &&
      this.json.compare(stored, this.#splitAt, stored.length, this.#splitAt + length) === 0
    );
  }

  /** The same state under another resource version. */
  at(revision: number): Entry {
    const { length } = versionText(this.revision);
    const before = this.json.subarray(0, this.#splitAt);
    const stored = Buffer.concat([before, this.json.subarray(this.#splitAt + length)]);
    return new Entry(this.key, revision, stored, this.#object);
  }

  /** The parsed object, resource version and all. Shared: never changed. */
  get object(): KubeObject {
    if (this.#object !== undefined) return this.#object;
    const parsed = JSON.parse(this.json.toString('utf8')) as KubeObject;
    this.#object = parsed;
    // One that is too large to be kept is let go of at once.
    forgetLater(this);
    return parsed;
  }

  /** Kept when they were looked at once: whoever selects by labels looks at all entries, again and again. */
  get labels(): Labels {
    this.#labels ??= this.object.metadata.labels ?? noLabels;
    return this.#labels;
  }

  /** The fields that selectors may name, likewise. `reader` knows which they are for this kind. */
  selectable(reader: FieldReader): Labels {
    if (this.#selectable?.reader !== reader) this.#selectable = { reader, fields: reader.read(this.object) };
    return this.#selectable.fields;
  }

  /** Lets go of the parsed object; it is parsed again when it is asked for. */
  forget(): void {
    this.#object = undefined;
  }
}

const versionText = (revision: number): string => `,"resourceVersion":"${revision}"`;

/** The bytes to store for an object; its resource version stays out. The metadata come first, where they are found. */
export function storedBytes(object: KubeObject): Uint8Array {
  const { kind, apiVersion, metadata: given, ...rest } = object;
  const { resourceVersion: _, ...metadata } = given;
  return Buffer.from(JSON.stringify({ kind, apiVersion, metadata, ...rest }), 'utf8');
}

/** Its fields in the order in which the bytes have them. */
function withVersion({ kind, apiVersion, metadata: given, ...rest }: KubeObject, resourceVersion: string): KubeObject {
  const metadata: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name !== 'resourceVersion') metadata[name] = value;
    if (name === 'uid') metadata['resourceVersion'] = resourceVersion;
  }
  return { kind, apiVersion, metadata, ...rest } as unknown as KubeObject;
}
