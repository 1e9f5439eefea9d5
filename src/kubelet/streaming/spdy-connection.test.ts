import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createDeflate } from 'node:zlib';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { spdyDictionary } from './spdy-dictionary.ts';
import { controlFrame, dataFrameHeader, FrameReader, headerDeflater, HeaderInflater, uint32s } from './spdy-frames.ts';

function pair(onStream: (stream: SpdyStream) => void) {
  const [near, far] = duplexPair();
  const server = new SpdyConnection(far, { role: 'server', onStream });
  const client = new SpdyConnection(near, { role: 'client' });
  return { client, server };
}

test('SpdyConnection carries headers and both directions of many streams', async () => {
  const { client, server } = pair((stream) => stream.pipe(stream));
  const sizes = [0, 1, 70_000, 700_000];
  const answers = sizes.map(async (size, i) => {
    const stream = await client.open({ streamtype: 'data', number: String(i) });
    stream.end('x'.repeat(size));
    return (await text(stream)).length;
  });
  assert.deepEqual(await Promise.all(answers), sizes);
  client.close();
  await Promise.all([client.closed, server.closed]);
});

test('SpdyConnection holds a stream that nobody reads to its window and lets the others go on', async () => {
  const silent: SpdyStream[] = [];
  const { client } = pair((stream) => {
    if (stream.headers['kind'] === 'silent') silent.push(stream);
    else stream.pipe(stream);
  });
  const stuck = await client.open({ kind: 'silent' });
  let isTaken = false;
  const taken = new Promise<void>((resolve) => {
    stuck.write(Buffer.alloc(1_000_000), () => {
      isTaken = true;
      resolve();
    });
  });
  const echo = await client.open({ kind: 'echo' });
  echo.end('still moving'.repeat(50_000));
  assert.equal((await text(echo)).length, 600_000);
  assert.equal(isTaken, false);
  silent[0]?.resume();
  await taken;
  stuck.on('error', () => undefined);
  client.close();
});

test('SpdyConnection.open() rejects when the peer refuses the stream', async () => {
  const { client } = pair(() => {
    throw new Error('unexpected');
  });
  await assert.rejects(client.open({ streamtype: 'odd' }), /Peer reset the stream with status 3/);
  client.close();
  await assert.rejects(client.open({}), /connection is closed/);
});

test('SpdyConnection breaks off its streams when the transport ends without goodbye', async () => {
  const [near, far] = duplexPair();
  const onStream = (stream: SpdyStream): void => void stream.on('error', () => undefined);
  const server = new SpdyConnection(far, { role: 'server', onStream });
  const client = new SpdyConnection(near, { role: 'client' });
  const stream = await client.open({});
  stream.on('error', () => undefined);
  far.destroy();
  near.push(null);
  await assert.rejects(text(stream), /Connection ended in the middle of the stream/);
  await Promise.all([client.closed, server.closed]);
});

test('FrameReader puts frames together whatever the pieces', () => {
  const wire = Buffer.concat([controlFrame(6, 0, uint32s(1)), dataFrameHeader(3, 1, 5), Buffer.from('hello')]);
  for (let size = 1; size <= wire.length; size++) {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < wire.length; at += size) frames.push(...reader.push(wire.subarray(at, at + size)));
    const seen = frames.map((frame) => [frame.kind, frame.flags, frame.payload.toString('latin1')]);
    assert.deepEqual(seen, [
      ['control', 0, '\0\0\0\x01'],
      ['data', 1, 'hello'],
    ]);
  }
});

test('FrameReader throws when the peer speaks something else', () => {
  assert.throws(() => new FrameReader().push(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])), /SPDY version 2/);
  const long = Buffer.concat([controlFrame(1, 0, Buffer.alloc(70_000))]);
  assert.throws(() => new FrameReader().push(long), /too long/);
});

test('HeaderInflater reads what headerDeflater() wrote, block after block', async () => {
  const deflate = headerDeflater();
  const inflater = new HeaderInflater();
  for (const headers of [{ streamtype: 'stdin' }, {}, { port: '8080', requestid: '0' }]) {
    assert.deepEqual(await inflater.read(deflate(headers)), headers);
  }
  inflater.close();
});

test('HeaderInflater reads blocks that a compressor wrote with the dictionary', async () => {
  const compressor = createDeflate({ dictionary: spdyDictionary });
  const wire: Buffer[] = [];
  compressor.on('data', (chunk: Buffer) => wire.push(chunk));
  const inflater = new HeaderInflater();
  for (const value of ['one', 'two']) {
    const parts = ['content-type', value].flatMap((each) => [uint32s(each.length), Buffer.from(each)]);
    compressor.write(Buffer.concat([uint32s(1), ...parts]));
    await new Promise<void>((resolve) => compressor.flush(resolve));
    assert.deepEqual(await inflater.read(Buffer.concat(wire.splice(0))), { 'content-type': value });
  }
  compressor.close();
  inflater.close();
});

test('HeaderInflater rejects noise and headers that lack their end', async () => {
  await assert.rejects(new HeaderInflater().read(Buffer.from('this is no zlib stream')), /incorrect header check/);
  const deflate = headerDeflater();
  const inflater = new HeaderInflater();
  const block = deflate({ streamtype: 'stdin' });
  const cut = Buffer.concat([block.subarray(0, 6), Buffer.from([0, 4, 0, 0xfb, 0xff]), uint32s(3), block.subarray(-5)]);
  await assert.rejects(inflater.read(cut), RangeError);
});
