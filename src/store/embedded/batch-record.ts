/**
 * A batch of writes as bytes: what the write log holds and what the serving thread hands to the database thread.
 *
 *   header   magic · CRC-32 of all that follows it · sequence · length of the record · numbers of changes, grants, revocations
 *   change   position, mod revision, create revision, version · lease · length of key and of value · deleted · key · value
 *   grant    id · time to live
 *   revoked  id
 *
 * Little-endian; counts and lengths are 32 bits, other numbers doubles (positions and revisions fit), ids of leases 64
 * bits. The sum begins with the store's salt, which nobody outside knows: a value cannot be made to look like a record.
 * Keys are byte strings (`../key.ts`), one byte a character. The sequence grows by one from record to record and
 * tells a record of now from one that an earlier use of the file left behind.
 */
import { crc32 } from 'node:zlib';
import type { Lease } from '../store.ts';
import type { Change } from './key-space.ts';
import type { Meta } from './messages.ts';

/** "SlpL". */
const magic = 0x4c706c53;
export const magicBytes = Buffer.from('SlpL', 'latin1');
export const headerBytes = 32;
const changeBytes = 52;
const grantBytes = 16;
const revokedBytes = 8;

/** What is written together or not at all. */
export interface Batch {
  readonly changes: readonly Pick<Change, 'meta' | 'deleted' | 'value'>[];
  readonly granted: readonly Lease[];
  readonly revoked: readonly bigint[];
}

export interface BatchRecord extends Batch {
  readonly sequence: number;
}

/** @param sequence Of the record, one more than that of the record before it. @param salt Of the store, 32 bits. */
export function encodeRecord(
  sequence: number,
  { changes, granted, revoked }: Batch,
  salt: number,
): Uint8Array<ArrayBuffer> {
  let length = headerBytes + granted.length * grantBytes + revoked.length * revokedBytes;
  for (const { meta, value } of changes) length += changeBytes + meta.key.length + value.byteLength;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const text = Buffer.from(bytes.buffer);
  let at = headerBytes;
  for (const change of changes) at = writeChange({ view, text, bytes }, at, change);
  for (const { id, ttlSeconds } of granted) {
    view.setBigInt64(at, id, true);
    view.setFloat64(at + 8, ttlSeconds, true);
    at += grantBytes;
  }
  for (const id of revoked) {
    view.setBigInt64(at, id, true);
    at += revokedBytes;
  }
  view.setUint32(0, magic, true);
  view.setFloat64(8, sequence, true);
  view.setUint32(16, length, true);
  view.setUint32(20, changes.length, true);
  view.setUint32(24, granted.length, true);
  view.setUint32(28, revoked.length, true);
  view.setUint32(4, crc32(bytes.subarray(8), salt), true);
  return bytes;
}

/** Sequence and length of the record that seems to begin here; undefined where none does. Its sum is not looked at. */
export function readRecordHeader(bytes: Uint8Array, at: number): { sequence: number; length: number } | undefined {
  if (at + headerBytes > bytes.byteLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headerBytes);
  const length = view.getUint32(16, true);
  if (view.getUint32(0, true) !== magic || length < headerBytes || at + length > bytes.byteLength) return undefined;
  return { sequence: view.getFloat64(8, true), length };
}

/** Whether the bytes are one whole record, as it was written. */
export function isIntactRecord(record: Uint8Array, salt: number): boolean {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return view.getUint32(4, true) === crc32(record.subarray(8), salt);
}

/** @param record One that is intact. Values are views of it. */
export function decodeRecord(record: Uint8Array): BatchRecord {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  let at = headerBytes;
  const changes = Array.from({ length: view.getUint32(20, true) }, () => {
    const keyEnd = at + changeBytes + view.getUint32(at + 40, true);
    const end = keyEnd + view.getUint32(at + 44, true);
    const meta: Meta = {
      key: text.toString('latin1', at + changeBytes, keyEnd),
      position: view.getFloat64(at, true),
      modRevision: view.getFloat64(at + 8, true),
      createRevision: view.getFloat64(at + 16, true),
      version: view.getFloat64(at + 24, true),
      lease: view.getBigInt64(at + 32, true),
    };
    const change = { meta, deleted: view.getUint32(at + 48, true) === 1, value: record.subarray(keyEnd, end) };
    at = end;
    return change;
  });
  const granted = Array.from({ length: view.getUint32(24, true) }, () => {
    const lease = { id: view.getBigInt64(at, true), ttlSeconds: view.getFloat64(at + 8, true) };
    at += grantBytes;
    return lease;
  });
  const revoked = Array.from({ length: view.getUint32(28, true) }, () => {
    const id = view.getBigInt64(at, true);
    at += revokedBytes;
    return id;
  });
  return { sequence: view.getFloat64(8, true), changes, granted, revoked };
}

interface Target {
  readonly view: DataView;
  readonly text: Buffer;
  readonly bytes: Uint8Array;
}

/** Returns where the next one begins. */
function writeChange(
  { view, text, bytes }: Target,
  at: number,
  { meta, deleted, value }: Batch['changes'][number],
): number {
  view.setFloat64(at, meta.position, true);
  view.setFloat64(at + 8, meta.modRevision, true);
  view.setFloat64(at + 16, meta.createRevision, true);
  view.setFloat64(at + 24, meta.version, true);
  view.setBigInt64(at + 32, meta.lease, true);
  view.setUint32(at + 40, meta.key.length, true);
  view.setUint32(at + 44, value.byteLength, true);
  view.setUint32(at + 48, deleted ? 1 : 0, true);
  text.write(meta.key, at + changeBytes, 'latin1');
  bytes.set(value, at + changeBytes + meta.key.length);
  return at + changeBytes + meta.key.length + value.byteLength;
}
