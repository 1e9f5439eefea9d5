/**
 * DER, the byte form of certificates (ITU-T X.690): just what X.509 needs, written and read.
 *
 * An element is a tag, a length and its content; a constructed element's content is elements again. Functions here take
 * and give bytes, so that a certificate reads like its ASN.1 definition in RFC 5280. Why not the library: loading
 * @peculiar/x509 and making the cluster's certificates with it took 250 ms of a first start, this 30 ms with the files.
 */

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(elements));
}

export function setOf(...elements: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(elements));
}

/** A non-negative integer, given as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.subarray(start);
  const first = magnitude[0] ?? 0;
  return element(0x02, first >= 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude);
}

/** @param dotted such as `2.5.29.17`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.of(value ? 0xff : 0));
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

export function octetString(content: Uint8Array): Buffer {
  return element(0x04, content);
}

/** @param unusedBits number of bits at the end of the last byte that do not count. */
export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(unusedBits), content]));
}

/** A time as RFC 5280 wants it: two digits of the year before 2050, four from then on; whole seconds, UTC. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\.\d+|[-:T]/g, '');
  const short = Number(digits.slice(0, 4)) < 2050;
  return element(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits, 'latin1'));
}

/** `[number]` around whole elements. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return element(0xa0 | number, content);
}

/** `[number]` in place of a primitive element's own tag. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return element(0x80 | number, content);
}

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content as they stand. */
  readonly whole: Buffer;
}

/**
 * The elements that stand one after another in these bytes.
 * @throws Error when a length leads beyond the end.
 */
export function readElements(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { headerBytes, contentBytes } = readHeader(bytes.subarray(at));
    const end = at + headerBytes + contentBytes;
    if (end > bytes.length) throw new Error('Cannot read DER: an element ends beyond its bytes');
    const content = bytes.subarray(at + headerBytes, end);
    elements.push({ tag: bytes[at] ?? 0, content, whole: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

function readHeader(bytes: Buffer): { readonly headerBytes: number; readonly contentBytes: number } {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return { headerBytes: 2, contentBytes: first };
  const lengthBytes = first & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) {
    throw new Error('Cannot read DER: an element has no definite length');
  }
  return { headerBytes: 2 + lengthBytes, contentBytes: bytes.readUIntBE(2, lengthBytes) };
}

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

function base128(value: number): readonly number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}
