/** Valid things with something broken in them. */
import type { Json } from '../../src/api/schema.ts';
import type { Dice } from './dice.ts';
import { oddText, oddValue } from './odd-values.ts';

/** Flips, cuts, repeats or inserts a few bytes. */
export function damageBytes(dice: Dice, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + dice.below(4); times > 0; times -= 1) {
    const at = dice.below(result.length + 1);
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    const length = dice.below(16);
    result = dice.pick([
      () => Buffer.concat([before, dice.bytes(1), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(length)]),
      () => Buffer.concat([before, after.subarray(0, length), after]),
      () => Buffer.concat([before, dice.bytes(length), after]),
      () => before,
    ])();
  }
  return result;
}

/** Replaces, removes or adds a value somewhere. */
export function damageValue(dice: Dice, value: Json): Json {
  if (dice.chance(0.15)) return oddValue(dice);
  if (Array.isArray(value)) {
    const items = [...(value as readonly Json[])];
    if (items.length === 0 || dice.chance(0.2)) items.push(oddValue(dice));
    const at = dice.below(items.length);
    if (dice.chance(0.1)) items.splice(at, 1);
    else items[at] = damageValue(dice, items[at] ?? null);
    return items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    if (entries.length === 0 || dice.chance(0.1)) return { ...value, [oddText(dice)]: oddValue(dice) };
    const [name, old] = dice.pick(entries);
    return { ...value, [name]: damageValue(dice, old) };
  }
  return oddValue(dice);
}
