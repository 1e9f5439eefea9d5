/**
 * Many small values as few buffers that can be transferred to another thread.
 *
 * Values are unpacked as views. A view keeps its whole block alive, so blocks are kept small: a value that stays long
 * in somebody's cache holds on to at most one block besides its own bytes.
 */
import type { PackedValues } from './messages.ts';

const blockBytes = 64 * 1024;
const minTransferredBytes = 16 * 1024;

/** Undefined stands for a value that is not there; it comes back as undefined. */
export function packValues(values: readonly (Uint8Array | undefined)[]): PackedValues {
  const lengths = new Int32Array(values.length);
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  let first = 0;
  let bytes = 0;
  for (const [index, value] of values.entries()) {
    lengths[index] = value === undefined ? -1 : value.byteLength;
    bytes += value?.byteLength ?? 0;
    if (bytes < blockBytes && index < values.length - 1) continue;
    if (bytes > 0) blocks.push(joinValues(values.slice(first, index + 1), bytes));
    first = index + 1;
    bytes = 0;
  }
  return { blocks, lengths };
}

export function unpackValues(packed: PackedValues): (Uint8Array | undefined)[] {
  let block = 0;
  let offset = 0;
  return Array.from(packed.lengths, (length) => {
    if (length < 0) return undefined;
    if (length === 0) return new Uint8Array(0);
    if (offset === packed.blocks[block]?.byteLength) {
      block += 1;
      offset = 0;
    }
    const value = packed.blocks[block]?.subarray(offset, offset + length);
    offset += length;
    return value;
  });
}

/** The buffers below the values, in no order that matters. */
export function buffersOf(packed: PackedValues): ArrayBuffer[] {
  return [packed.lengths.buffer, ...packed.blocks.map((block) => block.buffer)];
}

/** What to hand to postMessage as its transfer list: a small buffer is copied for less than its transfer costs. */
export function worthTransferring(buffers: readonly ArrayBuffer[]): ArrayBuffer[] {
  return buffers.filter(({ byteLength }) => byteLength >= minTransferredBytes);
}

function joinValues(values: readonly (Uint8Array | undefined)[], bytes: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(bytes);
  let offset = 0;
  for (const value of values) {
    if (value === undefined) continue;
    joined.set(value, offset);
    offset += value.byteLength;
  }
  return joined;
}
