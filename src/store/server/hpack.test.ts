import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeHeaders, HpackError, HpackReader } from './hpack.ts';

/** RFC 7541, appendices C.3 and C.4: three requests on one connection, without and with the Huffman code. */
const requests = {
  plain: [
    '828684410f7777772e6578616d706c652e636f6d',
    '828684be58086e6f2d6361636865',
    '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
  ],
  huffman: [
    '828684418cf1e3c2e5f23a6ba0ab90f4ff',
    '828684be5886a8eb10649cbf',
    '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
  ],
};

test('HpackReader.read() reads the examples of the RFC, the dynamic table included', () => {
  for (const blocks of Object.values(requests)) {
    const reader = new HpackReader();
    const [first, second, third] = blocks.map((block) => Object.fromEntries(reader.read(Buffer.from(block, 'hex'))));
    const common = { ':method': 'GET', ':scheme': 'http', ':path': '/', ':authority': 'www.example.com' };
    assert.deepEqual(first, common);
    assert.deepEqual(second, { ...common, 'cache-control': 'no-cache' });
    const { ':method': method, ':authority': authority } = common;
    assert.deepEqual(third, {
      ':method': method,
      ':scheme': 'https',
      ':path': '/index.html',
      ':authority': authority,
      'custom-key': 'custom-value',
    });
  }
});

test('HpackReader.read() reads what encodeHeaders() wrote, long values too', () => {
  const fields = { ':status': '200', 'grpc-message': 'x'.repeat(500), 'grpc-status': '' };
  assert.deepEqual(Object.fromEntries(new HpackReader().read(encodeHeaders(fields))), fields);
});

test('HpackReader.read() refuses what is malformed or too much', () => {
  const repeated = Buffer.concat([Buffer.from('40017a7fa11e', 'hex'), Buffer.alloc(4000, 'v'), Buffer.alloc(30, 0xbe)]);
  const blocks = ['80', 'ff', 'ffffffffffff', '4001', '0085ffffffffff00', '3fe2ff00', 'c6'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  for (const block of [...blocks, repeated]) {
    assert.throws(() => new HpackReader().read(block), HpackError, block.toString('hex', 0, 20));
  }
});
