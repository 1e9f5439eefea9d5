import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostUpstreams, parseNameservers } from './resolv-conf.ts';

test('parseNameservers() reads addresses and passes over the rest', () => {
  const text = '# nameserver 1.1.1.1\nsearch a b\nnameserver 192.0.2.1\n nameserver fd00::1\nnameserver nonsense\n';
  assert.deepEqual(parseNameservers(text), ['192.0.2.1', 'fd00::1']);
});

test('hostUpstreams() passes over a loopback stub for the servers behind it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'resolv-'));
  const [stub, real] = [join(folder, 'stub'), join(folder, 'real')];
  await writeFile(stub, 'nameserver 127.0.0.53\n');
  await writeFile(real, 'nameserver 192.0.2.1\n');
  assert.deepEqual(await hostUpstreams([stub, real]), [{ address: '192.0.2.1', port: 53 }]);
  assert.deepEqual(await hostUpstreams([join(folder, 'missing')]), []);
  await rm(folder, { recursive: true });
});
