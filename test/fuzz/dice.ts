/** Choices from one seed: the same seed throws the same dice. */
import type { Random } from '../../src/base/random.ts';

export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number below `sides`. */
  below(sides: number): number {
    return Math.floor(this.#random.next() * sides);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('Cannot pick from nothing');
    return item;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  name(): string {
    return `f${this.below(1_000_000).toString(36)}`;
  }
}
