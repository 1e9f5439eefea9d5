import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { Compare, TxnRequest, WatchCreateRequest, WatchResponse } from './messages.ts';
import { WireError } from './reader.ts';
import {
  bool,
  blob,
  decodeMessage,
  encodeMessage,
  id,
  int,
  ints,
  key,
  submessages,
  declareMessage,
  submessage,
  optional,
  text,
  texts,
} from './schema.ts';

const Inner = declareMessage({ name: text(1), count: int(2) });
const Outer = declareMessage({
  number: int(1),
  id: id(2),
  flag: bool(3),
  text: text(4),
  value: blob(5),
  inner: submessage(6, Inner),
  list: submessages(7, Inner),
  words: texts(8),
  kinds: ints(9),
  union: optional(int(70)),
});
const peer = protobuf
  .parse(
    `syntax = "proto3";
    message Inner { string name = 1; int64 count = 2; }
    message Outer {
      int64 number = 1; uint64 id = 2; bool flag = 3; string text = 4; bytes value = 5; Inner inner = 6;
      repeated Inner list = 7; repeated string words = 8; repeated int32 kinds = 9;
      oneof choice { int64 union = 70; }
    }`,
  )
  .root.lookupType('Outer');

const full = {
  number: 2 ** 40 + 3,
  id: 7_587_880_123_456_789_012n,
  flag: true,
  text: 'ünï–日本',
  value: Buffer.alloc(200_000, 7),
  inner: { name: 'in', count: 1 },
  list: [
    { name: 'a', count: 127 },
    { name: '', count: 128 },
  ],
  words: ['one', '', 'three'],
  kinds: [0, 1, 300],
  union: 0,
};

test('encode() writes what another implementation reads', () => {
  const { id: _id, ...seen } = peer.toObject(peer.decode(encodeMessage(Outer, full)), {
    longs: Number,
    defaults: true,
  });
  const { id: _sent, ...sent } = full;
  assert.deepEqual(seen, { ...sent, list: [sent.list[0], { name: '', count: 128 }] });
});

test('decode() reads what another implementation writes', () => {
  const { id: _id, ...plain } = full;
  assert.deepEqual(decodeMessage(Outer, Buffer.from(peer.encode(peer.fromObject(plain)).finish())), {
    ...full,
    id: 0n,
  });
});

test('decode() reads back what encode() wrote, signs and all 64 bits included', () => {
  assert.deepEqual(decodeMessage(Outer, encodeMessage(Outer, full)), full);
  for (const number of [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, -1, -(2 ** 40)]) {
    assert.equal(decodeMessage(Inner, encodeMessage(Inner, { count: number })).count, number);
  }
  for (const value of [1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]) {
    assert.equal(decodeMessage(Outer, encodeMessage(Outer, { id: value })).id, value);
  }
});

test('decode() yields zero values for what is absent and steps over what is unknown', () => {
  assert.deepEqual(decodeMessage(Inner, encodeMessage(Outer, { flag: true, text: 'unknown here', union: 5 })), {
    name: '',
    count: 0,
  });
  assert.deepEqual(decodeMessage(Compare, encodeMessage(Compare, { key: 'a', modRevision: 0 })).modRevision, 0);
  assert.equal(decodeMessage(Compare, encodeMessage(Compare, { key: 'a' })).modRevision, undefined);
});

test('decode() reads repeated numbers packed or one by one', () => {
  assert.deepEqual(decodeMessage(WatchCreateRequest, Buffer.from('2a020001', 'hex')).filters, [0, 1]);
  assert.deepEqual(decodeMessage(WatchCreateRequest, Buffer.from('28002801', 'hex')).filters, [0, 1]);
});

test('decode() refuses what is cut off, malformed or too long', () => {
  for (const wire of ['0a05', '0a0561', '12', '32020a05', '0b', '08ffffffffffffffffffffff', '0880', '0dff']) {
    assert.throws(() => decodeMessage(Outer, Buffer.from(wire, 'hex')), WireError, wire);
  }
});

test('encode() keeps keys of any bytes, and messages inside themselves', () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  const Keyed = declareMessage({ key: key(1) });
  assert.equal(decodeMessage(Keyed, encodeMessage(Keyed, { key: every })).key, every);
  const txn = {
    compare: [{ key: 'a', version: 1 }],
    success: [{ requestTxn: { failure: [{ requestRange: { key: 'b' } }] } }],
  };
  const [operation] = decodeMessage(TxnRequest, encodeMessage(TxnRequest, txn)).success;
  assert.equal(operation?.requestTxn?.failure[0]?.requestRange?.key, 'b');
  const events = Array.from({ length: 3000 }, (_, index) => ({ kv: { key: `k${index}`, value: Buffer.alloc(100) } }));
  assert.equal(decodeMessage(WatchResponse, encodeMessage(WatchResponse, { events })).events[2999]?.kv?.key, 'k2999');
});
