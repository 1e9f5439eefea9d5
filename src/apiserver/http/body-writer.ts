/**
 * Bodies on their way out: pieces, of which most are entries of a list.
 *
 *   pieces ──copied into──▶ one block of `blockBytes` ──write──▶ socket, and the block is used again when it was taken
 *
 * A list is never there as a whole: a client that reads slowly holds one block, not the list; and a block is one write,
 * which TLS encrypts from where it lies (several buffers in one write would be copied together first).
 *
 * Limit: `maxFreeBlocks` blocks are kept for the next lists.
 */
import type { ServerResponse } from 'node:http';
import type { Entry } from '../registry/entry.ts';
import { flushUsualHeaders, type Outgoing } from './flush-headers.ts';

/** Entries as items of a JSON list, with commas between them. */
export interface Items {
  readonly entries: readonly Entry[];
  /** Bytes to leave out at the start of each, and the text that opens it instead. */
  readonly skip: number;
  readonly opening: string;
}

export type Piece = Buffer | string | Items;

const blockBytes = 256 * 1024;
/** What is as small is joined and sent in one go (outlet.ts). */
export const maxWholeBytes = 64 * 1024;
const maxFreeBlocks = 4;
const freeBlocks: Buffer[] = [];

export function lengthOf(pieces: readonly Piece[]): number {
  let length = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') length += Buffer.byteLength(piece);
    else if (piece instanceof Uint8Array) length += piece.length;
    else length += lengthOfItems(piece);
  }
  return length;
}

function lengthOfItems({ entries, skip, opening }: Items): number {
  let length = entries.length === 0 ? 0 : entries.length - 1;
  for (const { json } of entries) length += json.length - skip + opening.length;
  return length;
}

/** The whole body. `length`: as `lengthOf` says. */
export function joinPieces(pieces: readonly Piece[], length = lengthOf(pieces)): Buffer {
  const [only] = pieces;
  if (pieces.length === 1 && only instanceof Uint8Array) return only;
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of partsOf(pieces)) {
    if (typeof part === 'string') at += whole.write(part, at);
    else at += part.bytes.copy(whole, at, part.from);
  }
  return whole;
}

/** Writes the body and ends the answer; the headers were written. Resolves when all is on its way or the client gone. */
export async function writeBlocks(outgoing: Outgoing, pieces: readonly Piece[]): Promise<void> {
  // By themselves: together with the first block they would make a copy of it.
  flushUsualHeaders(outgoing);
  const block = freeBlocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
  let used = 0;
  for (const part of partsOf(pieces)) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part.bytes;
    let from = typeof part === 'string' ? 0 : part.from;
    while (from < bytes.length) {
      const copied = bytes.copy(block, used, from);
      used += copied;
      from += copied;
      if (used < blockBytes) continue;
      // A block that was not taken may still be read: it is not used again.
      if (!(await write(outgoing, block))) return;
      used = 0;
    }
  }
  if (used > 0 && !(await write(outgoing, block.subarray(0, used)))) return;
  if (freeBlocks.length < maxFreeBlocks) freeBlocks.push(block);
  outgoing.end();
}

const chunkBytes = 64 * 1024;

/** The body in buffers of some size, for those who do more with it than send it. */
export function* chunksOf(pieces: readonly Piece[]): Generator<Buffer, void> {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let used = 0;
  for (const part of partsOf(pieces)) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part.bytes;
    let from = typeof part === 'string' ? 0 : part.from;
    while (from < bytes.length) {
      const copied = bytes.copy(chunk, used, from);
      used += copied;
      from += copied;
      if (used < chunkBytes) continue;
      yield chunk;
      chunk = Buffer.allocUnsafe(chunkBytes);
      used = 0;
    }
  }
  if (used > 0) yield chunk.subarray(0, used);
}

interface Bytes {
  readonly bytes: Buffer;
  readonly from: number;
}

function* partsOf(pieces: readonly Piece[]): Generator<string | Bytes, void> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield piece;
    else if (piece instanceof Uint8Array) yield { bytes: piece, from: 0 };
    else {
      let between = piece.opening;
      for (const { json } of piece.entries) {
        if (between !== '') yield between;
        yield { bytes: json, from: piece.skip };
        between = `,${piece.opening}`;
      }
    }
  }
}

/** Whether the bytes were taken; resolves early when the client has gone. */
function write(outgoing: Outgoing, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(false);
    outgoing.once('close', gone);
    (outgoing as ServerResponse).write(bytes, (error) => {
      outgoing.off('close', gone);
      resolve(error === undefined || error === null);
    });
  });
}
