/**
 * Writes a bbolt database (go.etcd.io/bbolt), the file format of etcd: a B+ tree for each bucket, made in one pass from keys
 * that come in order.
 *
 *   page 0, 1   meta: where the root bucket is, how many pages there are, a sum over that; two copies
 *   page 2      free pages: none
 *   page 3 …    leaves of the first bucket, the branches above them, leaves of the second …
 *
 * A page has a head of 16 bytes, then an index of 16 bytes an element, then keys and values. An element that does not fit
 * goes on over the pages that follow.
 */
import { writeSync } from 'node:fs';

const pageBytes = 4096;
const pageHeadBytes = 16;
const elementBytes = 16;
const firstDataPage = 3;
const PageFlag = { branch: 1, leaf: 2, meta: 4, freelist: 16 } as const;
const isBucket = 1;
const magic = 0xed0cdaed;
const version = 2;
/** What is gathered before it is written. */
const bufferBytes = 1024 * 1024;

interface Element {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Where a page that is done begins, and its first key. */
interface Child {
  readonly key: Uint8Array;
  readonly page: number;
}

export class BoltWriter {
  readonly #file: number;
  #nextPage = firstDataPage;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #written = firstDataPage * pageBytes;
  readonly #buckets: Element[] = [];

  /** @param file Open for writing, empty. */
  constructor(file: number) {
    this.#file = file;
  }

  /** @param entries In the order of their keys. Buckets come in the order of their names. */
  addBucket(name: string, entries: Iterable<Element>): void {
    const value = Buffer.alloc(16);
    value.writeBigUInt64LE(BigInt(this.#writeTree(entries, 0)));
    this.#buckets.push({ key: Buffer.from(name), value });
  }

  /** @returns the size of the file. */
  finish(): number {
    const root = this.#writeTree(this.#buckets, isBucket);
    this.#flush();
    const head = Buffer.alloc(firstDataPage * pageBytes);
    for (const page of [0, 1]) this.#writeMeta(head.subarray(page * pageBytes), page, root);
    writePageHead(head.subarray(2 * pageBytes), 2, PageFlag.freelist, 0, 0);
    writeSync(this.#file, head, 0, head.length, 0);
    return this.#written;
  }

  /** @returns the page of the tree's root. */
  #writeTree(entries: Iterable<Element>, flags: number): number {
    let level: Child[] = [];
    let page: Element[] = [];
    let bytes = pageHeadBytes;
    for (const entry of entries) {
      const size = elementBytes + entry.key.byteLength + entry.value.byteLength;
      if (page.length > 0 && bytes + size > pageBytes) {
        level.push(this.#writeLeaf(page, flags));
        page = [];
        bytes = pageHeadBytes;
      }
      page.push(entry);
      bytes += size;
    }
    if (page.length > 0 || level.length === 0) level.push(this.#writeLeaf(page, flags));
    while (level.length > 1) level = this.#writeBranches(level);
    return level[0]?.page ?? 0;
  }

  #writeLeaf(entries: readonly Element[], flags: number): Child {
    const size = entries.reduce((sum, { key, value }) => sum + elementBytes + key.byteLength + value.byteLength, 0);
    const buffer = this.#allocate(size, PageFlag.leaf, entries.length);
    let at = pageHeadBytes + elementBytes * entries.length;
    for (const [index, { key, value }] of entries.entries()) {
      const element = pageHeadBytes + elementBytes * index;
      buffer.writeUInt32LE(flags, element);
      buffer.writeUInt32LE(at - element, element + 4);
      buffer.writeUInt32LE(key.byteLength, element + 8);
      buffer.writeUInt32LE(value.byteLength, element + 12);
      buffer.set(key, at);
      buffer.set(value, at + key.byteLength);
      at += key.byteLength + value.byteLength;
    }
    return { key: entries[0]?.key ?? new Uint8Array(0), page: this.#write(buffer) };
  }

  #writeBranches(children: readonly Child[]): Child[] {
    const level: Child[] = [];
    let group: Child[] = [];
    let bytes = pageHeadBytes;
    for (const child of children) {
      const size = elementBytes + child.key.byteLength;
      if (group.length > 1 && bytes + size > pageBytes) {
        level.push(this.#writeBranch(group));
        group = [];
        bytes = pageHeadBytes;
      }
      group.push(child);
      bytes += size;
    }
    level.push(this.#writeBranch(group));
    return level;
  }

  #writeBranch(children: readonly Child[]): Child {
    const size = children.reduce((sum, { key }) => sum + elementBytes + key.byteLength, 0);
    const buffer = this.#allocate(size, PageFlag.branch, children.length);
    let at = pageHeadBytes + elementBytes * children.length;
    for (const [index, { key, page }] of children.entries()) {
      const element = pageHeadBytes + elementBytes * index;
      buffer.writeUInt32LE(at - element, element);
      buffer.writeUInt32LE(key.byteLength, element + 4);
      buffer.writeBigUInt64LE(BigInt(page), element + 8);
      buffer.set(key, at);
      at += key.byteLength;
    }
    return { key: children[0]?.key ?? new Uint8Array(0), page: this.#write(buffer) };
  }

  #allocate(contentBytes: number, flag: number, count: number): Buffer {
    const pages = Math.ceil((pageHeadBytes + contentBytes) / pageBytes);
    const buffer = Buffer.alloc(pages * pageBytes);
    writePageHead(buffer, this.#nextPage, flag, count, pages - 1);
    return buffer;
  }

  #write(buffer: Buffer): number {
    const page = this.#nextPage;
    this.#nextPage += buffer.length / pageBytes;
    this.#pending.push(buffer);
    this.#pendingBytes += buffer.length;
    if (this.#pendingBytes >= bufferBytes) this.#flush();
    return page;
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
    }
    this.#written += bytes.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #writeMeta(page: Buffer, number: number, root: number): void {
    writePageHead(page, number, PageFlag.meta, 0, 0);
    const meta = page.subarray(pageHeadBytes);
    meta.writeUInt32LE(magic, 0);
    meta.writeUInt32LE(version, 4);
    meta.writeUInt32LE(pageBytes, 8);
    meta.writeBigUInt64LE(BigInt(root), 16);
    meta.writeBigUInt64LE(2n, 32);
    meta.writeBigUInt64LE(BigInt(this.#nextPage), 40);
    meta.writeBigUInt64LE(BigInt(number), 48);
    meta.writeBigUInt64LE(fnv1a64(meta.subarray(0, 56)), 56);
  }
}

function writePageHead(page: Buffer, number: number, flag: number, count: number, overflow: number): void {
  page.writeBigUInt64LE(BigInt(number), 0);
  page.writeUInt16LE(flag, 8);
  page.writeUInt16LE(count, 10);
  page.writeUInt32LE(overflow, 12);
}

/** The FNV-1a sum of 64 bits. */
function fnv1a64(bytes: Uint8Array): bigint {
  let sum = 0xcbf29ce484222325n;
  for (const byte of bytes) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  return sum;
}
