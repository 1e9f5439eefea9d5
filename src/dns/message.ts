/** DNS messages as bytes, where decoding them whole would cost too much or lose what we do not know. RFC 1035, RFC 6891. */

export interface Header {
  readonly id: number;
  readonly isQuery: boolean;
  readonly opcode: number;
  readonly truncated: boolean;
  readonly rcode: number;
  readonly questions: number;
}

const headerBytes = 12;

export function readHeader(message: Buffer): Header | undefined {
  if (message.length < headerBytes) return undefined;
  const flags = message.readUInt16BE(2);
  return {
    id: message.readUInt16BE(0),
    isQuery: (flags & 0x8000) === 0,
    opcode: (flags >> 11) & 0xf,
    truncated: (flags & 0x0200) !== 0,
    rcode: flags & 0xf,
    questions: message.readUInt16BE(4),
  };
}

/** The one question with its name in lower case, as a key: name, type and class. Undefined: not one plain question. */
export function questionKey(message: Buffer): string | undefined {
  const end = questionEnd(message);
  return end === undefined ? undefined : message.toString('latin1', headerBytes, end).toLowerCase();
}

/** Where the one question ends. */
export function questionEnd(message: Buffer): number | undefined {
  if (readHeader(message)?.questions !== 1) return undefined;
  const end = nameEnd(message, headerBytes);
  return end === undefined || end + 4 > message.length ? undefined : end + 4;
}

/** The offsets of the times to live of all records, in order; undefined for a message that is not well formed. */
export function ttlOffsets(message: Buffer): readonly number[] | undefined {
  let at = questionEnd(message);
  if (at === undefined) return undefined;
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) {
    const end = nameEnd(message, at);
    if (end === undefined || end + 10 > message.length) return undefined;
    // The time to live of an OPT record holds flags.
    if (message.readUInt16BE(end) !== optType) offsets.push(end + 4);
    at = end + 10 + message.readUInt16BE(end + 8);
    if (at > message.length) return undefined;
  }
  return offsets;
}

/** An error without records, for a query however broken. */
export function errorResponse(query: Buffer, rcode: number): Buffer {
  const end = questionEnd(query);
  const response = Buffer.from(query.subarray(0, end ?? headerBytes));
  const flags = query.readUInt16BE(2);
  response.writeUInt16BE(0x8000 | (flags & 0x7900) | 0x0080 | rcode, 2);
  response.writeUInt16BE(end === undefined ? 0 : 1, 4);
  response.fill(0, 6, headerBytes);
  return response;
}

/** The same response without its records: the client asks again over TCP. */
export function truncatedResponse(response: Buffer): Buffer {
  const cut = Buffer.from(response.subarray(0, questionEnd(response) ?? headerBytes));
  cut.writeUInt16BE(cut.readUInt16BE(2) | 0x0200, 2);
  cut.writeUInt16BE(cut.length > headerBytes ? 1 : 0, 4);
  cut.fill(0, 6, headerBytes);
  return cut;
}

const optType = 41;

function nameEnd(message: Buffer, from: number): number | undefined {
  let at = from;
  for (;;) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if ((length & 0xc0) === 0xc0) return at + 2;
    if ((length & 0xc0) !== 0) return undefined;
    at += length + 1;
  }
}
