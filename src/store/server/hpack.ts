/**
 * HPACK (RFC 7541): the headers of HTTP/2 as bytes. Reading knows all of it; writing uses only literals without an index, which
 * need no state and are few here.
 */
import { decodeHuffman } from './huffman.ts';

/** What cannot be read: the connection's state is lost with it. */
export class HpackError extends Error {
  override readonly name = 'HpackError';
}

type Field = readonly [name: string, value: string];

/** What an entry of the dynamic table weighs besides its characters. */
const entryBytes = 32;
const maxTableBytes = 4096;
/** All fields of one block, as they weigh in the table: a small block may repeat a large entry many times. */
const maxListBytes = 64 * 1024;

export class HpackReader {
  /** Newest first. */
  #dynamic: Field[] = [];
  #dynamicBytes = 0;
  #limitBytes = maxTableBytes;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** The fields of a complete header block; of fields of the same name the first counts. @throws HpackError */
  read(block: Buffer): Map<string, string> {
    this.#block = block;
    this.#at = 0;
    const fields = new Map<string, string>();
    let listBytes = 0;
    while (this.#at < block.length) {
      const field = this.#readField();
      if (field === undefined) continue;
      const [name, value] = field;
      listBytes += weight(field);
      if (listBytes > maxListBytes) throw new HpackError('The headers are too long');
      if (!fields.has(name)) fields.set(name, value);
    }
    return fields;
  }

  #readField(): Field | undefined {
    const first = this.#block[this.#at] ?? 0;
    if (first >= 0x80) return this.#entry(this.#integer(7));
    if (first >= 0x40) {
      const field = this.#literal(6);
      this.#add(field);
      return field;
    }
    if (first < 0x20) return this.#literal(4);
    this.#limitBytes = this.#integer(5);
    if (this.#limitBytes > maxTableBytes) throw new HpackError('The dynamic table is set larger than it may be');
    this.#evict(0);
    return undefined;
  }

  #literal(prefixBits: number): Field {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    return [name, this.#string()];
  }

  #entry(index: number): Field {
    const field = index > staticTable.length ? this.#dynamic[index - staticTable.length - 1] : staticTable[index - 1];
    if (field === undefined) throw new HpackError(`There is no header with index ${index}`);
    return field;
  }

  #add(field: Field): void {
    const bytes = weight(field);
    this.#evict(bytes);
    if (bytes > this.#limitBytes) return;
    this.#dynamic.unshift(field);
    this.#dynamicBytes += bytes;
  }

  #evict(room: number): void {
    while (this.#dynamicBytes + room > this.#limitBytes) {
      const oldest = this.#dynamic.pop();
      if (oldest === undefined) return;
      this.#dynamicBytes -= weight(oldest);
    }
  }

  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError('An integer is too large');
  }

  #string(): string {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw new HpackError('A string ends beyond its block');
    const bytes = this.#block.subarray(this.#at, end);
    this.#at = end;
    if (!isHuffman) return bytes.toString('latin1');
    const text = decodeHuffman(bytes);
    if (text === undefined) throw new HpackError('A string is no Huffman code');
    return text;
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new HpackError('The block ends within a field');
    return byte;
  }
}

/** A block of these fields, as literals that the reader does not keep. */
export function encodeHeaders(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), encodeString(name), encodeString(value)]),
  );
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const length = [Math.min(bytes.length, 127)];
  if (bytes.length >= 127) {
    let rest = bytes.length - 127;
    for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

function weight([name, value]: Field): number {
  return name.length + value.length + entryBytes;
}

/** Appendix A. */
const staticTable: readonly Field[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];
