/** What readers of protobuf share: the library's reader, and its errors under our name. */
import type protobuf from 'protobufjs/minimal.js';

export type Reader = InstanceType<typeof protobuf.Reader>;

/** The bytes are no such message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** @throws ProtobufError whatever goes wrong */
export function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError(error instanceof Error ? error.message : String(error));
  }
}
