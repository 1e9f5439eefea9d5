import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { preferPort } from './prefer-port.ts';

test('preferPort() gives the wanted port when it is free, else leaves the choice to the system', async (t) => {
  const holder = createServer().listen(0);
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  t.after(() => holder.close());
  assert.equal(await preferPort(port), 0);
  holder.close();
  await once(holder, 'close');
  assert.equal(await preferPort(port), port);
});
