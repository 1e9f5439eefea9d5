/**
 * Events of a watch in protobuf: for each the length in four bytes, the greatest first, then a WatchEvent.
 *
 *   length │ 1: type │ 2: { 1: the object in its envelope }
 *
 * As in JSON, what many watchers get alike is encoded once.
 */
import { BackwardWriter } from '../../api/codec/backward-writer.ts';
import { wrapProtobuf } from '../../api/codec/protobuf-envelope.ts';
import type { JsonObject } from '../../api/schema.ts';
import { messageOf } from '../registry/messages.ts';
import type { Served } from '../registry/served.ts';
import type { Bookmark, WatchItem } from '../registry/watch.ts';
import { protobufObject } from './render-protobuf.ts';
import { areSame } from './watch-frames.ts';
import type { Batch } from './watch-queue.ts';

interface Encoded {
  readonly served: Served;
  readonly batches: readonly Batch[];
  readonly frames: Buffer;
}

/** By the first of the batches. */
const encoded = new WeakMap<Batch, Encoded>();

/** Of objects as they are served. */
export function protobufFrames(
  served: Served,
  batches: readonly Batch[],
  bookmark: (item: Bookmark) => JsonObject,
): Buffer {
  const [first = []] = batches;
  const known = encoded.get(first);
  if (known?.served === served && areSame(known.batches, batches)) return known.frames;
  const frames = Buffer.concat(batches.flat().map((item) => frameOf(served, item, bookmark)));
  encoded.set(first, { served, batches, frames });
  return frames;
}

function frameOf(served: Served, item: WatchItem, bookmark: (item: Bookmark) => JsonObject): Buffer {
  if (item.type === 'BOOKMARK') return protobufFrame(item.type, bookmark(item), served);
  return frameAround(item.type, wrapProtobuf(served.type, messageOf(served, item.entry)));
}

/** `served`: what the object is one of. */
export function protobufFrame(type: string, object: JsonObject, served: Served): Buffer {
  return frameAround(type, protobufObject(object, served));
}

const writer = new BackwardWriter();

function frameAround(type: string, object: Buffer): Buffer {
  writer.bytes(object);
  writer.varint(object.length);
  writer.byte(0x0a);
  writer.varint(writer.length);
  writer.byte(0x12);
  const before = writer.length;
  writer.text(type);
  writer.varint(writer.length - before);
  writer.byte(0x0a);
  const { length } = writer;
  for (let rest = length, i = 0; i < 4; i++, rest >>>= 8) writer.byte(rest & 0xff);
  return writer.take();
}
