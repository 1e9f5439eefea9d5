import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { writeBlocks } from './body-writer.ts';
import { flushHeaders } from './flush-headers.ts';

test('headers beyond ASCII keep their bytes over HTTP/1 when they are sent before the body', async () => {
  const warning = '299 - "müll ✓"';
  const body = Buffer.alloc(600 * 1024, 'ü');
  const server = createServer(({ url }, outgoing) => {
    outgoing.setHeader('warning', Buffer.from(warning).toString('latin1'));
    if (url === '/blocks') {
      outgoing.writeHead(200, { 'content-length': body.length });
      void writeBlocks(outgoing, [body]);
    } else {
      outgoing.writeHead(200, {});
      flushHeaders(outgoing);
      outgoing.end(body);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    for (const path of ['/blocks', '/stream']) {
      const asked = request({ host: '127.0.0.1', port, path, agent: false });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      assert.equal(Buffer.from(String(answer.headers.warning), 'latin1').toString(), warning, path);
      assert.ok(Buffer.concat((await answer.toArray()) as Buffer[]).equals(body), path);
    }
  } finally {
    server.close();
  }
});
