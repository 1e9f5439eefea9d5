/**
 * Divides seats among priority levels in proportion to what they want, within what each may have.
 *
 *   share(i) = target(i) × f, but at least atLeast(i) and at most atMost(i), where f is such that the shares add up
 *
 * The sum of the shares only grows with f and is linear between the values of f at which a share meets one of its
 * bounds: those values are searched for the piece in which the sum is reached.
 */
export interface Claim {
  readonly target: number;
  readonly atLeast: number;
  readonly atMost: number;
}

export interface Allocation {
  readonly shares: readonly number[];
  /** The f above: what a level gets of each seat that it wants. */
  readonly fairFraction: number;
}

/** Keeps wants from being nothing at all, so that whoever wants nothing can still take what nobody wants. */
const minTarget = 0.001;

/** When the bounds do not allow the total, shares are all at the nearer bound. */
export function allocate(total: number, claims: readonly Claim[]): Allocation {
  const wants = claims.map((claim) => ({ ...claim, target: Math.max(claim.target, minTarget) }));
  const share = ({ target, atLeast, atMost }: Claim, fraction: number): number =>
    Math.max(atLeast, Math.min(atMost, target * fraction));
  const sum = (fraction: number): number => wants.reduce((so, want) => so + share(want, fraction), 0);
  const turns = wants
    .flatMap(({ target, atLeast, atMost }) => [atLeast / target, atMost / target])
    .toSorted((a, b) => a - b);
  const next = turns.findIndex((turn) => sum(turn) >= total);
  const fairFraction = next < 0 ? (turns.at(-1) ?? 0) : next === 0 ? (turns[0] ?? 0) : between(turns, next, sum, total);
  return { shares: wants.map((want) => share(want, fairFraction)), fairFraction };
}

function between(turns: readonly number[], next: number, sum: (fraction: number) => number, total: number): number {
  const low = turns[next - 1] as number;
  const high = turns[next] as number;
  const atLow = sum(low);
  const atHigh = sum(high);
  return atHigh === atLow ? high : low + ((total - atLow) / (atHigh - atLow)) * (high - low);
}
