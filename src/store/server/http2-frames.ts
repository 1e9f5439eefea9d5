/** The frames of HTTP/2 (RFC 9113, section 6): nine bytes of head, then the payload. */

export const headBytes = 9;
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
export const Setting = { headerTableSize: 1, maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5 } as const;
export const ErrorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

/** What a client sends first. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** What a window is before anybody has said otherwise. */
export const defaultWindowBytes = 65_535;
export const defaultFrameBytes = 16_384;
export const maxWindowBytes = 2 ** 31 - 1;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

function writeHead(to: Buffer, at: number, length: number, type: number, flags: number, stream: number): void {
  to.writeUIntBE(length, at, 3);
  to[at + 3] = type;
  to[at + 4] = flags;
  to.writeUInt32BE(stream, at + 5);
}

export function frameOf(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + payload.byteLength);
  writeHead(frame, 0, payload.byteLength, type, flags, stream);
  frame.set(payload, headBytes);
  return frame;
}

export function settingsFrame(settings: Readonly<Partial<Record<keyof typeof Setting, number>>>): Buffer {
  const payload = Buffer.concat(
    Object.entries(settings).map(([name, value]) => {
      const setting = Buffer.alloc(6);
      setting.writeUInt16BE(Setting[name as keyof typeof Setting], 0);
      setting.writeUInt32BE(value, 2);
      return setting;
    }),
  );
  return frameOf(FrameType.settings, 0, 0, payload);
}

export function numberFrame(type: number, stream: number, ...values: readonly number[]): Buffer {
  const payload = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) payload.writeUInt32BE(value, index * 4);
  return frameOf(type, 0, stream, payload);
}

/** The payload without padding and without what says of which stream it depends; undefined when it contradicts itself. */
export function contentOf({ type, flags, payload }: Frame): Buffer | undefined {
  let start = 0;
  let end = payload.length;
  if ((flags & Flag.padded) !== 0) {
    end -= payload[0] ?? 0;
    start = 1;
  }
  if (type === FrameType.headers && (flags & Flag.priority) !== 0) start += 5;
  return start <= end ? payload.subarray(start, end) : undefined;
}
