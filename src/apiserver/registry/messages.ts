/**
 * Stored objects as protobuf messages, encoded when first asked for. They stay for a while beside the entries, because
 * watchers and lists ask for the same ones: two generations, of which the older is dropped whenever the younger is full.
 *
 * Limit: `maxBytes` of messages in both.
 */
import type { KindType } from '../../api/message.ts';
import { writeProtobuf } from '../../api/codec/write-protobuf.ts';
import type { Entry } from './entry.ts';
import { servedObject, type Served } from './served.ts';

interface Message {
  readonly type: KindType;
  readonly bytes: Buffer;
}

const maxBytes = 32 * 1024 * 1024;

let young = new Map<Entry, Message>();
let old = new Map<Entry, Message>();
let youngBytes = 0;

/** The bare message of the object in the served version. */
export function messageOf(served: Served, entry: Entry): Buffer {
  const { type } = served;
  const known = young.get(entry);
  if (known?.type === type) return known.bytes;
  const before = old.get(entry);
  const message = before?.type === type ? before : { type, bytes: writeProtobuf(type, servedObject(served, entry)) };
  keep(entry, message);
  return message.bytes;
}

function keep(entry: Entry, message: Message): void {
  young.set(entry, message);
  youngBytes += message.bytes.length;
  if (youngBytes <= maxBytes / 2) return;
  old = young;
  young = new Map();
  youngBytes = 0;
}
