/** Amounts of resources by name, as quotas and limits count them. */
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../api/quantity.ts';

export type Amounts = Readonly<Record<string, Quantity>>;

/** What is asked for: at least, and at most. */
export interface Demand {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Reads a list of resources such as `spec.containers[0].resources.limits`. */
export function readAmounts(list: Readonly<Record<string, string>> | null | undefined): Amounts {
  return Object.fromEntries(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]));
}

export function writeAmounts(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatQuantity(amount)]));
}

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return merged(a, b, addQuantities);
}

export function largestAmounts(a: Amounts, b: Amounts): Amounts {
  return merged(a, b, (x, y) => (compareQuantities(x, y) >= 0 ? x : y));
}

/** What `a` has more than `b`; never below zero. */
export function amountsBeyond(a: Amounts, b: Amounts): Amounts {
  const entries = Object.entries(a).map(([name, amount]): [string, Quantity] => {
    const other = b[name];
    if (other === undefined) return [name, amount];
    const { nanos, notation } = amount;
    return [name, { nanos: nanos > other.nanos ? nanos - other.nanos : 0n, notation }];
  });
  return Object.fromEntries(entries);
}

export function pickAmounts(amounts: Amounts, wanted: (name: string, amount: Quantity) => boolean): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([name, amount]) => wanted(name, amount)));
}

function merged(a: Amounts, b: Amounts, both: (x: Quantity, y: Quantity) => Quantity): Amounts {
  const result: Record<string, Quantity> = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const known = result[name];
    result[name] = known === undefined ? amount : both(known, amount);
  }
  return result;
}
