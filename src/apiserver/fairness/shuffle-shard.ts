/**
 * Shuffle sharding: each flow is dealt a hand of a level's queues and uses the shortest. Flows that share one queue hardly
 * ever share the whole hand, so a flow that fills its queues leaves others a way.
 */
import { createHash } from 'node:crypto';

/** `handSize` different numbers below `deckSize`, always the same for a flow. */
export function dealHand(flow: string, deckSize: number, handSize: number): readonly number[] {
  let entropy = createHash('sha256').update(flow).digest().readBigUInt64LE();
  const hand: number[] = [];
  for (let dealt = 0; dealt < Math.min(handSize, deckSize); dealt++) {
    const left = BigInt(deckSize - dealt);
    hand.push(nthFree(hand, Number(entropy % left)));
    entropy /= left;
  }
  return hand;
}

/** The card at this position among those that were not dealt yet. */
function nthFree(dealt: readonly number[], position: number): number {
  let card = position;
  for (const taken of dealt.toSorted((a, b) => a - b)) if (taken <= card) card++;
  return card;
}
