import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Entry } from '../registry/entry.ts';
import { joinPieces, lengthOf, writeBody, type Piece } from './body-writer.ts';

const uid = '00000000-0000-4000-8000-000000000000';

function listOf(count: number, size: number): readonly Piece[] {
  const entries = Array.from({ length: count }, (_, i) => {
    const object = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: `ü${i}`, uid },
      data: { k: 'x'.repeat(size) },
    };
    return new Entry(`/${i}`, i + 1, Buffer.from(JSON.stringify(object)));
  });
  return ['{"items":[', { entries, skip: '{"kind":"ConfigMap",'.length, opening: '{' }, ']}\n'];
}

/** Takes one block at a time, when it is told to; what it has is copied, as a socket would have sent it. */
class SlowClient extends EventEmitter {
  readonly chunks: Buffer[] = [];
  ended = false;
  take: (error?: Error) => void = () => undefined;

  write(chunk: Buffer, taken: (error?: Error) => void): void {
    this.take = (error) => {
      this.chunks.push(Buffer.from(chunk));
      taken(error);
    };
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.chunks.push(chunk);
    this.ended = true;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('joinPieces() and lengthOf() agree about lists of any length', () => {
  for (const count of [0, 1, 2, 50]) {
    const pieces = listOf(count, 10);
    const whole = joinPieces(pieces);
    assert.equal(whole.length, lengthOf(pieces));
    const { items } = JSON.parse(whole.toString('utf8')) as { items: readonly object[] };
    assert.equal(items.length, count);
    assert.ok(items.every((item) => !('kind' in item)));
  }
});

test('writeBody() sends what is small in one piece', () => {
  const client = new SlowClient();
  const pieces = listOf(3, 10);
  void writeBody(client as unknown as ServerResponse, pieces, lengthOf(pieces));
  assert.deepEqual([client.chunks.length, client.ended], [1, true]);
});

test('writeBody() keeps every byte of body and headers over HTTP/1 when it sends them together', async () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const bodies = [0, 1, 64, 65, 257, 1025].map((times) => Buffer.concat(Array.from({ length: times }, () => every)));
  const server = createServer(({ url = '' }, outgoing) => {
    const body = bodies[Number(url.slice(1))] ?? every;
    const warning = Buffer.from('299 - "müll"').toString('latin1');
    outgoing.setHeader('warning', warning);
    outgoing.writeHead(200, { 'content-length': body.length });
    void writeBody(outgoing, [body], body.length);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    for (const [index, body] of bodies.entries()) {
      const asked = request({ host: '127.0.0.1', port, path: `/${index}`, agent: false });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      const received = Buffer.concat((await answer.toArray()) as Buffer[]);
      assert.ok(received.equals(body), `body ${index}`);
      assert.equal(Buffer.from(String(answer.headers.warning), 'latin1').toString(), '299 - "müll"');
    }
  } finally {
    server.close();
  }
});

test('writeBody() writes a block only when the one before was taken, and arrives whole', async () => {
  const client = new SlowClient();
  const pieces = listOf(900, 1000);
  const written = writeBody(client as unknown as ServerResponse, pieces, lengthOf(pieces));
  for (let taken = 0; !client.ended; taken++) {
    assert.equal(client.chunks.length, taken);
    client.take();
    await turn();
  }
  await written;
  assert.ok(client.chunks.length > 3);
  assert.ok(Buffer.concat(client.chunks).equals(joinPieces(pieces)));
});

test('writeBody() stops when the client goes', async () => {
  const client = new SlowClient();
  const pieces = listOf(900, 1000);
  const written = writeBody(client as unknown as ServerResponse, pieces, lengthOf(pieces));
  client.emit('close');
  await written;
  assert.deepEqual([client.chunks.length, client.ended], [0, false]);
  assert.equal(client.listenerCount('close'), 0);
});
