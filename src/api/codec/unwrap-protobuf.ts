/** Takes off what protobuf-envelope.ts puts around a message. */
import protobuf from 'protobufjs/minimal.js';
import { magic } from './protobuf-envelope.ts';
import { guarded, ProtobufError, type Reader } from './protobuf-error.ts';

export interface Unwrapped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly message: Uint8Array;
}

/** Takes the envelope off. @throws ProtobufError */
export function unwrapProtobuf(bytes: Uint8Array): Unwrapped {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!magic.equals(bytes.subarray(0, magic.length))) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  if (bytes.length === magic.length) throw new ProtobufError('empty body');
  return guarded(() => {
    const reader = protobuf.Reader.create(bytes.subarray(magic.length));
    let apiVersion = '';
    let kind = '';
    let message = new Uint8Array();
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 2) message = new Uint8Array(reader.bytes());
      else if (tag >>> 3 === 1) [apiVersion, kind] = readTypeMeta(reader);
      else reader.skipType(tag & 7);
    }
    return { apiVersion, kind, message };
  });
}

function readTypeMeta(reader: Reader): [string, string] {
  const end = reader.uint32() + reader.pos;
  const values: [string, string] = ['', ''];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    if (number === 1 || number === 2) values[number - 1] = reader.string();
    else reader.skipType(tag & 7);
  }
  return values;
}
