/**
 * Events of a watch as they go over the wire:
 *
 *   JSON       {"type":"ADDED","object":{…}} and a line break
 *   protobuf   length in four bytes, the greatest first, then a WatchEvent: 1: type, 2: { 1: the object in its envelope }
 *
 * An event is framed once for all its watchers: JSON frames stay with their entries, of protobuf the last one is
 * remembered, because a change goes to all its watchers in one go.
 */
import { BackwardWriter } from '../../api/codec/backward-writer.ts';
import { wrapProtobuf } from '../../api/codec/protobuf-envelope.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Entry } from '../registry/entry.ts';
import { messageOf } from '../registry/messages.ts';
import type { Served } from '../registry/served.ts';
import { protobufObject } from './render-protobuf.ts';

const frames = new WeakMap<Entry, Map<string, Buffer>>();

/** In JSON, of an object that is served as it is stored. */
export function entryFrame(type: string, entry: Entry): Buffer {
  let byType = frames.get(entry);
  if (byType === undefined) frames.set(entry, (byType = new Map()));
  let frame = byType.get(type);
  if (frame === undefined) {
    frame = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), entry.json, Buffer.from('}\n')]);
    byType.set(type, frame);
  }
  return frame;
}

export const frameLine = (type: string, object: JsonObject): string => `${JSON.stringify({ type, object })}\n`;

let last: { readonly entry: Entry; readonly served: Served; readonly type: string; readonly frame: Buffer } | undefined;

export function entryFrameProtobuf(served: Served, type: string, entry: Entry): Buffer {
  if (last?.entry !== entry || last.served !== served || last.type !== type) {
    last = { entry, served, type, frame: frameAround(type, wrapProtobuf(served.type, messageOf(served, entry))) };
  }
  return last.frame;
}

/** `served`: what the object is one of. */
export function frameProtobuf(type: string, object: JsonObject, served?: Served): Buffer {
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
