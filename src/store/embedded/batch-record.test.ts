import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRecord, encodeRecord, isIntactRecord, readRecordHeader } from './batch-record.ts';
import type { Batch } from './batch-record.ts';

const batch: Batch = {
  changes: [
    {
      meta: { key: '/a/\u00ff\u0000', position: 2 ** 40, createRevision: 3, modRevision: 9, version: 2, lease: -5n },
      deleted: false,
      value: Buffer.from('value'),
    },
    {
      meta: { key: '', position: 7, createRevision: 0, modRevision: 10, version: 0, lease: 0n },
      deleted: true,
      value: new Uint8Array(0),
    },
  ],
  granted: [{ id: 2n ** 62n, ttlSeconds: 9_000_000_000 }],
  revoked: [1n, -1n],
};

test('decodeRecord() gives back what encodeRecord() was given', () => {
  const record = encodeRecord(2 ** 50, batch, 7);
  assert.deepEqual(readRecordHeader(record, 0), { sequence: 2 ** 50, length: record.byteLength });
  const { sequence, changes, granted, revoked } = decodeRecord(record);
  assert.equal(sequence, 2 ** 50);
  assert.deepEqual(
    changes.map((change) => ({ ...change, value: Buffer.from(change.value).toString() })),
    batch.changes.map((change) => ({ ...change, value: Buffer.from(change.value).toString() })),
  );
  assert.deepEqual({ granted, revoked }, { granted: batch.granted, revoked: batch.revoked });
});

test('isIntactRecord() sees any flipped bit, and readRecordHeader() any cut', () => {
  const record = encodeRecord(1, batch, 2 ** 32 - 1);
  assert.ok(isIntactRecord(record, 2 ** 32 - 1));
  assert.ok(!isIntactRecord(record, 0));
  for (let at = 4; at < record.byteLength; at += 1) {
    const flipped = Uint8Array.from(record);
    flipped[at] = (flipped[at] ?? 0) ^ 4;
    assert.ok(!isIntactRecord(flipped, 2 ** 32 - 1), `byte ${at}`);
  }
  for (let length = 0; length < record.byteLength; length += 1) {
    assert.equal(readRecordHeader(record.subarray(0, length), 0), undefined, `${length} bytes`);
  }
});
