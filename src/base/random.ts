/** Randomness is passed in, so that a test can replay a run from its seed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export const systemRandom: Random = { next: Math.random };

/** The mulberry32 generator: small, fast, good enough for tests and jitter, never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** The letters Kubernetes uses in generated names: no vowels and nothing easily misread. */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** A random suffix such as the `x7k2p` of `web-6d4cf56db6-x7k2p`. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = '';
  for (let i = 0; i < length; i++) suffix += nameLetters[Math.floor(random.next() * nameLetters.length)];
  return suffix;
}
