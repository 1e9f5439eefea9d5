import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contains,
  formatIpNetwork,
  indicesOf,
  overlaps,
  parseIpNetwork,
  subnetAt,
  type IpNetwork,
} from './ip-network.ts';

function network(text: string): IpNetwork {
  const parsed = parseIpNetwork(text);
  assert.ok(parsed, text);
  return parsed;
}

test('parseIpNetwork() reads both families and refuses what is none', () => {
  const cases = {
    '10.244.7.9/16': '10.244.0.0/16',
    'fd00:10:244::/56': 'fd00:10:244::/56',
    '::ffff:10.0.0.1/112': '::ffff:a00:0/112',
    '0.0.0.0/0': '0.0.0.0/0',
    '::1/128': '::1/128',
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(formatIpNetwork(network(text)), expected);
  for (const text of ['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'x/8', '10.0.0.0/-1']) {
    assert.equal(parseIpNetwork(text), undefined, text);
  }
});

test('overlaps() and contains() compare networks', () => {
  const wide = network('10.0.0.0/8');
  const narrow = network('10.96.0.0/16');
  assert.deepEqual([contains(wide, narrow), contains(narrow, wide), overlaps(narrow, wide)], [true, false, true]);
  assert.equal(overlaps(narrow, network('10.97.0.0/16')), false);
  assert.equal(overlaps(network('0.0.0.0/0'), network('::/0')), false);
});

test('subnetAt() and indicesOf() go forth and back', () => {
  const outer = network('fd00:10:244::/48');
  const inner = subnetAt(outer, 64, 259);
  assert.equal(formatIpNetwork(inner), 'fd00:10:244:103::/64');
  assert.deepEqual(indicesOf(outer, 64, inner), [259, 259]);
  const pods = network('10.244.0.0/16');
  assert.deepEqual(indicesOf(pods, 24, network('10.244.4.0/22')), [4, 7]);
  assert.deepEqual(indicesOf(pods, 24, network('10.244.4.128/25')), [4, 4]);
  assert.deepEqual(indicesOf(pods, 24, network('10.0.0.0/8')), [0, 255]);
  assert.equal(indicesOf(pods, 24, network('10.96.0.0/16')), undefined);
});
