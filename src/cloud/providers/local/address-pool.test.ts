import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeAddress, isInPool, parsePool, poolText } from './address-pool.ts';

test('parsePool() reads ranges, networks without their ends, and single addresses', () => {
  const texts = ['192.0.2.9-192.0.2.11', '10.1.2.3/30', '198.51.100.7', '203.0.113.4/31', '203.0.113.9/32'];
  assert.equal(
    poolText(parsePool(texts)),
    '192.0.2.9-192.0.2.11, 10.1.2.1-10.1.2.2, 198.51.100.7, 203.0.113.4-203.0.113.5, 203.0.113.9',
  );
});

test('parsePool() refuses what is no addresses', () => {
  for (const text of [
    '',
    'x',
    '10.0.0.300',
    '10.0.0.0/33',
    '10.0.0.9-10.0.0.1',
    '10.0.0.1-',
    '10.0.0.0/24/1',
    'fd00::/64',
  ]) {
    assert.throws(() => parsePool([text]), RangeError, text);
  }
});

test('freeAddress() gives the lowest free address, range by range, until none is left', () => {
  const pool = parsePool(['192.0.2.254-192.0.3.1', '10.0.0.1']);
  const taken = new Set<string>();
  for (let address = freeAddress(pool, taken); address !== undefined; address = freeAddress(pool, taken)) {
    taken.add(address);
  }
  assert.deepEqual([...taken], ['192.0.2.254', '192.0.2.255', '192.0.3.0', '192.0.3.1', '10.0.0.1']);
  assert.ok([...taken].every((address) => isInPool(pool, address)));
  assert.ok(!isInPool(pool, '192.0.3.2') && !isInPool(pool, 'fd00::1') && !isInPool(pool, 'x'));
});
