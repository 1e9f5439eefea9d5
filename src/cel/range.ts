/** Costs and sizes: at least, and at most. Sums and products end at the largest number of 64 bits. */

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** All numbers of 64 bits from here on are one. */
const most = 2 ** 64;

const bounded = (value: number): number => (value >= most ? most : value);

export const exactly = (value: number): Range => ({ min: value, max: value });
export const zero = exactly(0);
export const unlimited: Range = { min: 0, max: most };

export function add(...ranges: readonly Range[]): Range {
  let [min, max] = [0, 0];
  for (const range of ranges) {
    min = bounded(min + range.min);
    max = bounded(max + range.max);
  }
  return { min, max };
}

/** Times another range, or a factor; products with a factor are rounded up. */
export function times(range: Range, by: Range | number): Range {
  if (typeof by === 'number') return { min: bounded(Math.ceil(range.min * by)), max: scaled(range.max, by) };
  return { min: bounded(range.min * by.min), max: bounded(range.max * by.max) };
}

/** What is unlimited stays so but for the factor, as cel-go reckons it. */
const scaled = (value: number, by: number): number => bounded(Math.ceil(value * by));

export const spanning = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
