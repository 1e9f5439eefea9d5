import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Entry } from '../registry/entry.ts';
import { joinPieces, lengthOf, writeBlocks, type Piece } from './body-writer.ts';

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

test('writeBlocks() writes a block only when the one before was taken, and arrives whole', async () => {
  const client = new SlowClient();
  const pieces = listOf(900, 1000);
  const written = writeBlocks(client as unknown as ServerResponse, pieces);
  for (let taken = 0; !client.ended; taken++) {
    assert.equal(client.chunks.length, taken);
    client.take();
    await turn();
  }
  await written;
  assert.ok(client.chunks.length > 3);
  assert.ok(Buffer.concat(client.chunks).equals(joinPieces(pieces)));
});

test('writeBlocks() stops when the client goes', async () => {
  const client = new SlowClient();
  const pieces = listOf(900, 1000);
  const written = writeBlocks(client as unknown as ServerResponse, pieces);
  client.emit('close');
  await written;
  assert.deepEqual([client.chunks.length, client.ended], [0, false]);
  assert.equal(client.listenerCount('close'), 0);
});
