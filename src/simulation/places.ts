/**
 * Where simulated nodes are reached: on Linux each at a loopback address of its own, as the whole of 127.0.0.0/8 leads to this machine;
 * elsewhere, and for clusters of other machines, all at one.
 */
export interface Places {
  addressOf(index: number): string;
  /** Undefined: the address is not that of one node alone. */
  indexOf(address: string): number | undefined;
  /** Where the server of all nodes listens. */
  readonly bindAddress: string;
  /** Whether a connection to this address of the machine may come in. */
  admits(localAddress: string): boolean;
}

/** 127.64.0.1, 127.64.0.2 and so on. */
const firstLoopback = 127 * 2 ** 24 + 64 * 2 ** 16 + 1;

export function loopbackPlaces(): Places {
  return {
    addressOf: (index) => addressText(firstLoopback + index),
    indexOf(address) {
      const index = (addressNumber(address) ?? 0) - firstLoopback;
      return index >= 0 ? index : undefined;
    },
    // No single address covers them all; what comes in at another is turned away.
    bindAddress: '0.0.0.0',
    admits: (localAddress) => localAddress.startsWith('127.'),
  };
}

export function sharedPlace(address: string): Places {
  return { addressOf: () => address, indexOf: () => undefined, bindAddress: address, admits: () => true };
}

/** Undefined: no IPv4 address. */
export function addressNumber(address: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((number, part) => number * 256 + part, 0);
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
