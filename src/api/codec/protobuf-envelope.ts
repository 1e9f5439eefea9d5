/**
 * What Kubernetes puts around a protobuf message: `k8s\0`, then a runtime.Unknown with the type's name and the message.
 *
 *   k8s\0 │ 1: { 1: apiVersion, 2: kind } │ 2: message │ 3: "" │ 4: ""
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import protobuf from 'protobufjs/minimal.js';
import { BackwardWriter } from './backward-writer.ts';
import { guarded, ProtobufError, type Reader } from './protobuf-error.ts';

const magic = Buffer.from('k8s\0');
/** Content encoding and content type: none. */
const tail = Buffer.from([0x1a, 0, 0x22, 0]);
const writer = new BackwardWriter();

export interface Unwrapped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly message: Uint8Array;
}

/** Takes the envelope off. @throws ProtobufError */
export function unwrapProtobuf(bytes: Uint8Array): Unwrapped {
  if (bytes.length < magic.length || !magic.equals(bytes.subarray(0, magic.length))) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
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

export interface TypeName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What stands before and behind a message of so many bytes. */
export function envelopeOf({ apiVersion, kind }: TypeName, messageBytes: number): { head: Buffer; tail: Buffer } {
  writer.varint(messageBytes);
  writer.byte(0x12);
  const afterNames = writer.length;
  for (const [tag, text] of [
    [0x12, kind],
    [0x0a, apiVersion],
  ] as const) {
    const before = writer.length;
    writer.text(text);
    writer.varint(writer.length - before);
    writer.byte(tag);
  }
  writer.varint(writer.length - afterNames);
  writer.byte(0x0a);
  writer.bytes(magic);
  return { head: writer.take(), tail };
}

/** Puts the envelope on. */
export function wrapProtobuf(name: TypeName, message: Uint8Array): Buffer {
  const { head, tail: end } = envelopeOf(name, message.length);
  return Buffer.concat([head, message, end]);
}
