import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PodAddresses } from './pod-addresses.ts';

test('PodAddresses.take() gives each address once, and again when it was given back', () => {
  const addresses = new PodAddresses('10.1.2.0/29');
  addresses.claim('10.1.2.2');
  addresses.claim('192.168.0.1');
  const taken = Array.from({ length: 6 }, () => addresses.take());
  assert.deepEqual(taken, ['10.1.2.1', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6', undefined]);
  addresses.release('10.1.2.3');
  assert.equal(addresses.take(), '10.1.2.3');
});

test('new PodAddresses() refuses what is no range', () => {
  for (const range of ['', '10.0.0.0', '10.0.0.0/31', '10.0.0/8', '300.0.0.0/8', 'fd00::/64']) {
    assert.throws(() => new PodAddresses(range), { name: 'AddressRangeError' }, range);
  }
});
