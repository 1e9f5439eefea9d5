/**
 * A pool of IPv4 addresses for load balancers, written as ranges (`192.168.7.200-192.168.7.220`), networks (`10.112.0.0/24`,
 * without their first and last address) and single addresses. Other families wait for a proxy that serves them.
 */
import { isIPv4 } from 'node:net';

/** From the first to the last, both included, as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

export type AddressPool = readonly Range[];

/** @throws RangeError for what is no such text. */
export function parsePool(texts: readonly string[]): AddressPool {
  return texts.map((text) => {
    const range = parseRange(text.trim());
    if (range === undefined) {
      throw new RangeError(`Cannot read "${text}" as addresses: write 10.0.0.0/24, 10.0.0.1-10.0.0.9 or 10.0.0.1`);
    }
    return range;
  });
}

export function isInPool(pool: AddressPool, address: string): boolean {
  if (!isIPv4(address)) return false;
  const number = toNumber(address);
  return pool.some(({ first, last }) => first <= number && number <= last);
}

/** The lowest address that is free, in the order of the ranges; undefined when all are taken. */
export function freeAddress(pool: AddressPool, taken: ReadonlySet<string>): string | undefined {
  for (const { first, last } of pool) {
    for (let number = first; number <= last; number++) {
      const address = toText(number);
      if (!taken.has(address)) return address;
    }
  }
  return undefined;
}

export function poolText(pool: AddressPool): string {
  return pool
    .map(({ first, last }) => (first === last ? toText(first) : `${toText(first)}-${toText(last)}`))
    .join(', ');
}

function parseRange(text: string): Range | undefined {
  const [from = '', to] = text.split('-').map((part) => part.trim());
  if (to !== undefined) {
    if (!isIPv4(from) || !isIPv4(to) || toNumber(from) > toNumber(to)) return undefined;
    return { first: toNumber(from), last: toNumber(to) };
  }
  const [address = '', prefix = '32', ...rest] = from.split('/');
  if (!isIPv4(address) || !/^\d+$/.test(prefix) || Number(prefix) > 32 || rest.length > 0) return undefined;
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(toNumber(address) / size) * size;
  return size <= 2 ? { first, last: first + size - 1 } : { first: first + 1, last: first + size - 2 };
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
