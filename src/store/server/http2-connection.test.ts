/** The connection as another implementation sees it: the client of node:http2, and bytes by hand. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect as connectSocket } from 'node:net';
import { connect } from 'node:http2';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encodeHeaders } from './hpack.ts';
import { Http2Connection } from './http2-connection.ts';
import { FrameType, frameOf, preface, settingsFrame } from './http2-frames.ts';
import type { Http2Stream } from './http2-stream.ts';

const response = encodeHeaders({ ':status': '200' });
const trailers = encodeHeaders({ 'x-end': 'yes' });

async function serve(context: TestContext, answer: (stream: Http2Stream, body: Buffer) => void): Promise<number> {
  const connections = new Set<Http2Connection>();
  const server = createServer((socket) => {
    const request = (stream: Http2Stream): void => {
      const chunks: Buffer[] = [];
      stream.listener = {
        data: (chunk) => chunks.push(Buffer.from(chunk)),
        end: () => answer(stream, Buffer.concat(chunks)),
        closed: () => undefined,
      };
    };
    connections.add(new Http2Connection(socket, request, () => undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    for (const connection of connections) connection.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('Http2Connection keeps to the windows of a client, and takes more than its own', async (context) => {
  const port = await serve(context, (stream, body) => {
    stream.respond(response);
    stream.write(body);
    stream.end(trailers);
  });
  const session = connect(`http://127.0.0.1:${port}`, {
    settings: { initialWindowSize: 1000, maxFrameSize: 20_000 },
    // Node's client refuses streams while more than this many MB wait to be sent.
    maxSessionMemory: 100,
  });
  context.after(() => session.destroy());
  const body = Buffer.from(Array.from({ length: 6_000_000 }, (_, index) => index % 251));
  const echo = async (): Promise<void> => {
    const request = session.request({ ':method': 'POST', ':path': '/' });
    request.end(body);
    const chunks: Buffer[] = [];
    let ended: unknown;
    request.on('trailers', (fields) => (ended = fields['x-end']));
    for await (const chunk of request) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).equals(body), true);
    assert.equal(ended, 'yes');
  };
  await Promise.all([echo(), echo(), echo()]);
});

test('Http2Connection forgets a call that the client cancels and serves on', async (context) => {
  const streams: Http2Stream[] = [];
  const port = await serve(context, (stream) => {
    streams.push(stream);
    stream.respond(response);
    if (streams.length === 2) stream.end(trailers);
  });
  const session = connect(`http://127.0.0.1:${port}`);
  context.after(() => session.destroy());
  const first = session.request({ ':method': 'POST', ':path': '/' });
  first.end();
  await once(first, 'response');
  first.close();
  await once(first, 'close');
  const second = session.request({ ':method': 'POST', ':path': '/' });
  second.end();
  second.resume();
  await once(second, 'close');
  assert.deepEqual(
    streams.map(({ isClosed }) => isClosed),
    [true, true],
  );
});

test('Http2Connection says goodbye and hangs up when it is told nonsense', async (context) => {
  const port = await serve(context, () => undefined);
  const opening = Buffer.concat([preface, settingsFrame({})]);
  const nonsense = [
    Buffer.from('GET / HTTP/1.1\r\nhost: somewhere\r\n\r\n'),
    Buffer.concat([opening, frameOf(FrameType.headers, 4, 2, response)]),
    Buffer.concat([opening, frameOf(FrameType.headers, 4, 1, Buffer.from('80', 'hex'))]),
    Buffer.concat([opening, frameOf(FrameType.data, 0, 1, Buffer.alloc(1))]),
    Buffer.concat([opening, frameOf(FrameType.continuation, 4, 1, response)]),
    Buffer.concat([opening, frameOf(FrameType.ping, 0, 0, Buffer.alloc(3))]),
    Buffer.concat([opening, Buffer.from('ffffff000000000001', 'hex')]),
  ];
  for (const bytes of nonsense) {
    const socket = connectSocket(port, '127.0.0.1');
    socket.write(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    const goAway = Buffer.concat(chunks).subarray(-17);
    assert.equal(goAway[3], FrameType.goAway, bytes.toString('latin1', 0, 60));
    assert.notEqual(goAway.readUInt32BE(13), 0);
  }
});
