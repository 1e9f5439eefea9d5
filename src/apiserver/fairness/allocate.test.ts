import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { allocate, type Claim } from './allocate.ts';

test('allocate() gives in proportion to the targets when no bound is in the way', () => {
  const claims = [
    { target: 10, atLeast: 0, atMost: 100 },
    { target: 30, atLeast: 0, atMost: 100 },
  ];
  const { shares, fairFraction } = allocate(20, claims);
  assert.deepEqual(shares, [5, 15]);
  assert.equal(fairFraction, 0.5);
});

test('allocate() keeps to the bounds and adds up to the total, whatever is claimed', () => {
  const random = seededRandom(7);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  for (let run = 0; run < 500; run++) {
    const claims: Claim[] = Array.from({ length: 1 + below(8) }, () => {
      const atLeast = below(20);
      return { atLeast, target: atLeast + below(50), atMost: atLeast + below(100) };
    });
    const lowest = claims.reduce((sum, { atLeast }) => sum + atLeast, 0);
    const highest = claims.reduce((sum, { atMost }) => sum + atMost, 0);
    const total = lowest + below(highest - lowest + 1);
    const { shares, fairFraction } = allocate(total, claims);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - total) < 1e-6, `run ${run}`);
    shares.forEach((share, index) => {
      const { target, atLeast, atMost } = claims[index] as Claim;
      assert.ok(share >= atLeast && share <= atMost);
      const wanted = Math.max(target, 0.001) * fairFraction;
      assert.ok(Math.abs(share - Math.max(atLeast, Math.min(atMost, wanted))) < 1e-6);
    });
  }
});
