/**
 * Hands out the addresses of an IPv4 subnet, each to one taker at a time; the network's own, the gateway's and the
 * broadcast address stay out.
 */
export interface AddressPool {
  /** Throws when the subnet is used up. */
  take(): string;
  release(address: string): void;
}

/** Goes on behind the address given last, so that one that was given back rests for a while. */
export function createAddressPool(subnet: string): AddressPool {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(subnet);
  const [a = NaN, b = NaN, c = NaN, d = NaN, bits = NaN] = (match ?? []).slice(1).map(Number);
  if (Number.isNaN(bits) || bits > 29) throw new Error(`Cannot take addresses from subnet "${subnet}"`);
  const size = 2 ** (32 - bits);
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const network = number - (number % size);
  const taken = new Set<string>();
  let last = 1;
  return {
    take() {
      for (let tried = 0; tried < size; tried++) {
        last = last + 1 < size - 1 ? last + 1 : 2;
        const address = printAddress(network + last);
        if (taken.has(address)) continue;
        taken.add(address);
        return address;
      }
      throw new Error(`No address is left in subnet ${subnet}`);
    },
    release: (address) => void taken.delete(address),
  };
}

function printAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
