/**
 * Chance that does not depend on the order of events: a number is drawn from the seed and a text that says what it is for, so the same
 * file, seed and names give the same simulation, whatever happens first.
 */
import { seededRandom } from '../base/random.ts';

export interface Delay {
  readonly afterMs: number;
  /** Up to this much is added. */
  readonly jitterMs: number;
}

export class Dice {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Uniform in [0, 1). */
  draw(purpose: string): number {
    return seededRandom(hash(purpose, this.#seed)).next();
  }

  delayMs({ afterMs, jitterMs }: Delay, purpose: string): number {
    return jitterMs === 0 ? afterMs : afterMs + this.draw(purpose) * jitterMs;
  }
}

/** FNV-1a of 32 bits. */
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193) >>> 0;
  }
  return value;
}
