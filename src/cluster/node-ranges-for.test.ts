import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeRangesFor } from './node-ranges-for.ts';

test('nodeRangesFor() gives few nodes the usual networks and thousands ones that suffice for all', () => {
  const network = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16' };
  const prefixFor = (nodes: number): number | undefined => nodeRangesFor(network, nodes).maskSizeV4;
  assert.deepEqual([0, 1, 128, 129, 5000, 10_000, 100_000].map(prefixFor), [24, 24, 24, 25, 30, 30, 30]);
});
