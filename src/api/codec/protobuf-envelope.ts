/**
 * What Kubernetes puts around a protobuf message: `k8s\0`, then a runtime.Unknown with the type's name and the message.
 *
 *   k8s\0 │ 1: { 1: apiVersion, 2: kind } │ 2: message │ 3: "" │ 4: ""
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { BackwardWriter } from './backward-writer.ts';

export const magic = Buffer.from('k8s\0');
/** Content encoding and content type: none. */
const tail = Buffer.from([0x1a, 0, 0x22, 0]);
const writer = new BackwardWriter();

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
