/** Ranges of IPv4 addresses in CIDR notation, by offset. */
export interface AddressRange {
  readonly text: string;
  readonly size: number;
  /** The address at an offset; 0 is the network's own. */
  at(offset: number): string;
  readonly base: number;
}

/** @throws Error when the text is no IPv4 CIDR of at least four addresses. */
export function parseRange(text: string): AddressRange {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  const bits = Number(match?.[2]);
  const address = toNumber(match?.[1] ?? '');
  if (address === undefined || !(bits >= 8 && bits <= 30)) {
    throw new Error(`Cannot use the service range "${text}": expected an IPv4 network such as 10.96.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  const base = Math.floor(address / size) * size;
  return { text, size, base, at: (offset) => toText(base + offset) };
}

export function addressInRange(range: AddressRange, address: string): boolean {
  const number = toNumber(address);
  return number !== undefined && number > range.base && number < range.base + range.size - 1;
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((number, part) => number * 256 + part, 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
