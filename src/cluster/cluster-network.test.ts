import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureClusterNetwork, freeNetwork, instanceOf } from './cluster-network.ts';
import type { Route } from './node-address.ts';
import { SetupError } from './setup-error.ts';

function route(interfaceName: string, parts: readonly number[], bits: number): Route {
  const network = parts.reduce((number, part) => number * 256 + part, 0);
  return { interfaceName, network, mask: 2 ** 32 - 2 ** (32 - bits), metric: 0 };
}

const bridge = route('slip-a', [10, 244, 0, 0], 24);
const elsewhere = route('eth0', [192, 168, 0, 0], 16);
const site = route('vpn', [10, 0, 0, 0], 8);

test('freeNetwork() takes the first number whose pods and Services no route touches', () => {
  assert.equal(freeNetwork([elsewhere, site]).podRange, '10.244.0.0/16');
  const second = freeNetwork([bridge, elsewhere]);
  assert.deepEqual(
    [second.podRange, second.podSubnet(1), second.serviceRange, second.dnsAddress, second.gateway],
    ['10.245.0.0/16', '10.245.1.0/24', '10.97.0.0/16', '10.97.0.10', '10.245.0.1'],
  );
  assert.equal(freeNetwork([bridge, route('eth1', [10, 97, 3, 0], 24)]).number, 2);
  assert.throws(() => freeNetwork([route('eth1', [10, 240, 0, 0], 12), route('eth2', [10, 96, 0, 0], 12)]), SetupError);
});

test('ensureClusterNetwork() keeps what it chose, and refuses to share it', async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'slipway-network-'));
  t.after(() => rm(dataDirectory, { recursive: true }));
  const ensure = (routes: readonly Route[], ownBridge = 'slip-b'): Promise<{ readonly number: number }> =>
    ensureClusterNetwork({ dataDirectory, routes, ownBridge });
  assert.equal((await ensure([bridge])).number, 1);
  assert.equal((await ensure([])).number, 1);
  const other = route('slip-c', [10, 245, 0, 0], 24);
  assert.equal((await ensure([other], 'slip-c')).number, 1);
  await assert.rejects(ensure([other]), (error: Error) => {
    assert.ok(error instanceof SetupError);
    assert.match(error.message, /10\.245\.0\.0\/16: the interface "slip-c" has them/);
    return true;
  });
  await writeFile(join(dataDirectory, 'network'), 'x');
  await assert.rejects(ensure([]), /has no number below 10/);
});

test('instanceOf() names a path in 8 letters and digits, always the same', () => {
  assert.match(instanceOf('/var/lib/slipway'), /^[0-9a-f]{8}$/);
  assert.equal(instanceOf('/a'), instanceOf('/a'));
  assert.notEqual(instanceOf('/a'), instanceOf('/b'));
});
