/**
 * Who has how many seats for the next period: levels lend what they did not need to those that wanted more.
 *
 * Each keeps what it needed at its peak, up to its nominal seats; what is left goes in proportion to the smoothed demand.
 * What exempt levels needed is taken off first: they are never limited.
 */
import { allocate, type Claim } from './allocate.ts';
import type { Demand } from './demand.ts';
import type { LevelLimits } from './level-limits.ts';

export interface Borrower {
  readonly limits: LevelLimits;
  readonly demand: Demand;
}

export interface Division {
  /** For each borrower, in their order. */
  readonly seats: readonly number[];
  readonly targets: readonly number[];
  readonly fairFraction: number;
}

export function divideSeats(borrowers: readonly Borrower[]): Division {
  const claims = borrowers.map(claimOf);
  const exempt = (index: number): boolean => borrowers[index]?.limits.exempt === true;
  const taken = claims.reduce((sum, claim, index) => sum + (exempt(index) ? claim.atLeast : 0), 0);
  const left = Math.max(0, borrowers.reduce((sum, { limits }) => sum + limits.nominal, 0) - taken);
  const limited = borrowers.map((borrower, index) => ({ borrower, index })).filter(({ index }) => !exempt(index));
  const { shares, fairFraction } = divideAmong(
    limited.map(({ borrower }) => borrower),
    left,
  );
  const seats = claims.map(({ atLeast }) => atLeast);
  limited.forEach(({ index }, position) => (seats[index] = Math.round(shares[position] ?? 0)));
  return { seats, targets: claims.map(({ target }) => target), fairFraction };
}

function claimOf({ limits, demand }: Borrower): Claim {
  const needed = limits.exempt ? demand.highest : Math.min(limits.nominal, demand.highest);
  const atLeast = Math.max(limits.lower, needed);
  return { target: Math.max(atLeast, demand.smoothed), atLeast, atMost: Math.max(atLeast, limits.upper) };
}

/** When there are fewer seats than were needed, all give up the same part of what goes beyond their lower limits. */
function divideAmong(borrowers: readonly Borrower[], left: number): ReturnType<typeof allocate> {
  const claims = borrowers.map(claimOf);
  const needed = claims.reduce((sum, { atLeast }) => sum + atLeast, 0);
  if (needed <= left) return allocate(left, claims);
  const lowest = borrowers.reduce((sum, { limits }) => sum + limits.lower, 0);
  const part = Math.max(0, left - lowest) / (needed - lowest || 1);
  const shares = borrowers.map(
    ({ limits }, index) => limits.lower + ((claims[index]?.atLeast ?? 0) - limits.lower) * part,
  );
  return { shares, fairFraction: part };
}
