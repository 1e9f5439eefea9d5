/** Values that code forgets about. */
import type { Json } from '../../src/api/schema.ts';
import type { Dice } from './dice.ts';

const texts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '__proto__',
  'constructor',
  'toString',
  '../../etc',
  'a/b/c',
  'A'.repeat(300),
  'é'.repeat(64),
  '\u0000',
  '\ud800',
  '\u202e',
  '😀',
  '%00',
  '${jndi}',
  '{{.}}',
  '<script>',
  '2026-02-30T25:61:61Z',
  '1e400',
  '10Gi',
  '-5m',
  '1.5.2',
  '9'.repeat(40),
  'a=b,c!=d',
  '*',
  '.',
  '..',
  '-',
  'xn--',
  '::1',
  '256.1.1.1',
  '10.0.0.0/33',
];

const numbers: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1e308,
  -1e308,
  1e-320,
];

export const oddText = (dice: Dice): string => dice.pick(texts);
export const oddNumber = (dice: Dice): number => dice.pick(numbers);

export function oddValue(dice: Dice, depth = 0): Json {
  const kind = dice.below(depth > 3 ? 4 : 6);
  if (kind === 0) return oddText(dice);
  if (kind === 1) return oddNumber(dice);
  if (kind === 2) return null;
  if (kind === 3) return dice.chance(0.5);
  const length = dice.below(4);
  if (kind === 4) return Array.from({ length }, () => oddValue(dice, depth + 1));
  return Object.fromEntries(Array.from({ length }, () => [oddText(dice), oddValue(dice, depth + 1)]));
}

/** `[[[…]]]` or `{"a":{"a":…}}`, deeper than any call stack likes. */
export function deepText(dice: Dice): string {
  const depth = dice.pick([50, 500, 5000, 100_000]);
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"properties":{"a":', '}}'],
  ] as const);
  return `${open.repeat(depth)}${dice.chance(0.5) ? '1' : ''}${dice.chance(0.8) ? close.repeat(depth) : ''}`;
}
