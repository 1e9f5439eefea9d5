import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { NodeOutlet } from './outlet.ts';

test('NodeOutlet.whole() keeps every byte of body and headers over HTTP/1', async () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const bodies = [0, 1, 64, 65].map((times) => Buffer.concat(Array.from({ length: times }, () => every)));
  const server = createServer(({ url = '' }, outgoing) => {
    const body = bodies[Number(url.slice(1))] ?? every;
    const outlet = new NodeOutlet(outgoing);
    outlet.setHeader('warning', Buffer.from('299 - "müll"').toString('latin1'));
    outlet.whole(200, { 'content-length': body.length }, [body], body.length);
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
