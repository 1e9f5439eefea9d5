/**
 * SPDY/3.1 frames on the wire: the multiplexing that Kubernetes' exec, attach and port-forward run on.
 *
 *   control: 1|version(15) type(16) flags(8) length(24) payload      data: 0|stream(31) flags(8) length(24) bytes
 *
 * Header blocks are zlib streams with a prescribed dictionary, one stream for each direction of a connection. Ours
 * holds stored (uncompressed) blocks: valid deflate without any state, so that frames can be written synchronously. The
 * peer's is inflated by node:zlib, in order.
 */
import { createInflate, constants, type Inflate } from 'node:zlib';
import { spdyDictionary } from './spdy-dictionary.ts';

export type SpdyHeaders = Readonly<Record<string, string>>;

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const flagFin = 1;
export const initialWindowSetting = 7;

/** Reasons of a reset, as numbered by the protocol. */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
} as const;

export type Frame =
  | { readonly kind: 'data'; readonly streamId: number; readonly flags: number; readonly payload: Buffer }
  | { readonly kind: 'control'; readonly type: number; readonly flags: number; readonly payload: Buffer };

const headerBytes = 8;
/** Control frames carry a few headers; a longer one is an attack or noise. */
const controlPayloadLimit = 64 * 1024;

/** Of a header block when inflated. */
const headerBlockLimit = 1024 * 1024;

/** Cuts incoming bytes into frames. Bytes of an unfinished frame are joined once, when it is whole. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private needed = headerBytes;

  /** Takes the next bytes and returns the frames that they complete. Throws when the peer does not speak SPDY/3. */
  push(chunk: Buffer): readonly Frame[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.needed) return [];
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const frames: Frame[] = [];
    let offset = 0;
    this.needed = headerBytes;
    while (bytes.length - offset >= headerBytes) {
      const end = offset + headerBytes + bytes.readUIntBE(offset + 5, 3);
      if (end > bytes.length) {
        this.needed = end - offset;
        break;
      }
      frames.push(parseFrame(bytes, offset, end));
      offset = end;
    }
    this.chunks = offset === bytes.length ? [] : [bytes.subarray(offset)];
    this.size = bytes.length - offset;
    return frames;
  }
}

function parseFrame(bytes: Buffer, offset: number, end: number): Frame {
  const first = bytes.readUInt32BE(offset);
  const flags = bytes.readUInt8(offset + 4);
  const payload = bytes.subarray(offset + headerBytes, end);
  if (first >>> 31 === 0) return { kind: 'data', streamId: first, flags, payload };
  const version = (first >>> 16) & 0x7fff;
  if (version !== 3) throw new Error(`Peer speaks SPDY version ${version}, not 3`);
  if (payload.length > controlPayloadLimit)
    throw new Error(`SPDY control frame of ${payload.length} bytes is too long`);
  return { kind: 'control', type: first & 0xffff, flags, payload };
}

export function dataFrameHeader(streamId: number, flags: number, length: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(streamId);
  header.writeUInt8(flags, 4);
  header.writeUIntBE(length, 5, 3);
  return header;
}

export function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE((0x8003_0000 | type) >>> 0);
  header.writeUInt8(flags, 4);
  header.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([header, payload]);
}

/** A payload of 32-bit numbers, which is what all frames without headers have. */
export function uint32s(...values: readonly number[]): Buffer {
  const payload = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => payload.writeUInt32BE(value >>> 0, i * 4));
  return payload;
}

/** Writes header blocks of one direction of a connection. */
export function headerDeflater(): (headers: SpdyHeaders) => Buffer {
  let preamble = zlibPreamble();
  return (headers) => {
    const parts = [uint32s(Object.keys(headers).length)];
    for (const [name, value] of Object.entries(headers)) {
      const text = [Buffer.from(name.toLowerCase(), 'latin1'), Buffer.from(value, 'utf8')];
      for (const each of text) parts.push(uint32s(each.length), each);
    }
    const block = Buffer.concat(parts);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(block.length, 1);
    stored.writeUInt16LE(~block.length & 0xffff, 3);
    const wire = Buffer.concat([preamble, stored, block, flushMark]);
    preamble = Buffer.alloc(0);
    return wire;
  };
}

/** An empty stored block: tells the peer's inflater to hand out what it has, as after a flush. Go's waits for it. */
const flushMark = Buffer.from([0, 0, 0, 0xff, 0xff]);

/** The zlib header saying "with a preset dictionary", and the dictionary's Adler-32 sum. */
function zlibPreamble(): Buffer {
  let low = 1;
  let high = 0;
  for (const byte of spdyDictionary) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return Buffer.concat([Buffer.from([0x78, 0xbb]), uint32s((high << 16) | low)]);
}

/** Reads header blocks of one direction of a connection; blocks must be handed over one after the other, in order. */
export class HeaderInflater {
  private readonly inflate: Inflate = createInflate({
    dictionary: spdyDictionary,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor() {
    this.inflate.on('error', () => undefined);
    this.inflate.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.size += chunk.length;
      if (this.size > headerBlockLimit) this.inflate.destroy(new Error('SPDY header block is too long'));
    });
  }

  /** Rejects when the block is no zlib data, or does not hold whole headers. */
  async read(block: Buffer): Promise<SpdyHeaders> {
    await new Promise<void>((resolve, reject) => {
      this.inflate.once('error', reject);
      this.inflate.write(block, (error) => {
        this.inflate.off('error', reject);
        if (error) reject(error);
        else resolve();
      });
    });
    this.size = 0;
    return parseHeaders(Buffer.concat(this.chunks.splice(0)));
  }

  close(): void {
    this.inflate.destroy();
  }
}

function parseHeaders(bytes: Buffer): SpdyHeaders {
  const headers: Record<string, string> = {};
  let offset = 4;
  const text = (): string => {
    const end = offset + 4 + bytes.readUInt32BE(offset);
    const value = bytes.toString('utf8', offset + 4, end);
    offset = end;
    return value;
  };
  for (let left = bytes.readUInt32BE(0); left > 0; left--) {
    const name = text();
    headers[name.toLowerCase()] = text();
  }
  return headers;
}
