import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { servePortForward } from './port-forward.ts';
import { connectSpdy } from './spdy-client.ts';
import type { SpdyConnection } from './spdy-connection.ts';

let server: Server;
let address: string;

before(async () => {
  server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (req, socket, head) => {
    void servePortForward(req, socket, head, { handler: connect, pod: 'default/web', uid: 'u1', ports: [8080, 9] });
  });
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** A pod that echoes on 8080, hangs up in the middle on 7 and refuses the rest. */
async function connect(port: number): Promise<Duplex> {
  if (port === 8080) return new PassThrough();
  const broken = new PassThrough();
  if (port === 7) setImmediate(() => broken.destroy(new Error('connection reset')));
  else throw new Error('connection refused');
  return broken;
}

async function forward(connection: SpdyConnection, port: number, requestid: string) {
  const headers = { port: String(port), requestid };
  const error = await connection.open({ ...headers, streamtype: 'error' });
  const data = await connection.open({ ...headers, streamtype: 'data' });
  error.end();
  return { error, data };
}

test('servePortForward() carries connections side by side over SPDY', async () => {
  const connection = await connectSpdy(`http://${address}/`, 'portforward.k8s.io');
  const first = await forward(connection, 8080, '0');
  const second = await forward(connection, 8080, '1');
  second.data.end('two');
  first.data.end('one'.repeat(200_000));
  assert.deepEqual(await Promise.all([text(second.data), text(second.error)]), ['two', '']);
  assert.equal((await text(first.data)).length, 600_000);
  connection.close();
  await connection.closed;
});

for (const [port, reason] of [
  [9, 'connection refused'],
  [7, 'connection reset'],
] as const) {
  test(`servePortForward() reports "${reason}" on the error stream and goes on`, async () => {
    const connection = await connectSpdy(`http://${address}/`, 'portforward.k8s.io');
    const failed = await forward(connection, port, '0');
    const expected = `error forwarding port ${port} to pod default/web, uid u1: ${reason}`;
    assert.deepEqual(await Promise.all([text(failed.data), text(failed.error)]), ['', expected]);
    const next = await forward(connection, 8080, '1');
    next.data.end('still there');
    assert.equal(await text(next.data), 'still there');
    connection.close();
    await connection.closed;
  });
}

test('servePortForward() serves clients that send no request id', async () => {
  const connection = await connectSpdy(`http://${address}/`, 'portforward.k8s.io');
  const error = await connection.open({ streamtype: 'error', port: '8080' });
  const data = await connection.open({ streamtype: 'data', port: '8080' });
  data.end('old');
  assert.deepEqual(await Promise.all([text(data), text(error)]), ['old', '']);
  connection.close();
  await connection.closed;
});

for (const headers of [{ streamtype: 'data' }, { streamtype: 'data', port: '0' }, { streamtype: 'odd', port: '80' }]) {
  test(`servePortForward() refuses a stream with headers ${JSON.stringify(headers)}`, async () => {
    const connection = await connectSpdy(`http://${address}/`, 'portforward.k8s.io');
    await assert.rejects(connection.open(headers), /reset the stream with status 3/);
    connection.close();
    await connection.closed;
  });
}

test('servePortForward() answers 403 when the client offers unknown protocols', async () => {
  const refused = connectSpdy(`http://${address}/`, 'v9.portforward.k8s.io');
  await assert.rejects(
    refused,
    /403 .*client supports \[v9\.portforward\.k8s\.io\], server accepts \[portforward\.k8s\.io\]/,
  );
});

for (const protocol of ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io']) {
  test(`servePortForward() gives each port of the query two channels over ${protocol}`, async () => {
    const webSocket = new WebSocket(`ws://${address}/`, protocol);
    const received = new Map<number, Buffer>();
    const base64 = protocol.includes('base64');
    webSocket.on('message', (data: Buffer) => {
      const channel = base64 ? Number(data.toString('latin1', 0, 1)) : (data[0] ?? 255);
      const payload = base64 ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1);
      const all = Buffer.concat([received.get(channel) ?? Buffer.alloc(0), payload]);
      received.set(channel, all);
      if (channel === 0 && all.toString('latin1', 2) === 'ping') webSocket.close();
    });
    await once(webSocket, 'open');
    webSocket.send(base64 ? `0${Buffer.from('ping').toString('base64')}` : Buffer.from('\0ping'));
    await once(webSocket, 'close');
    assert.equal(received.get(0)?.toString('latin1'), '\x90\x1fping');
    assert.equal(received.get(1)?.toString('latin1'), '\x90\x1f');
    assert.equal(
      received.get(3)?.toString('latin1', 2),
      'error forwarding port 9 to pod default/web, uid u1: connection refused',
    );
  });
}
