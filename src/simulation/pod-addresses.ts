/** The addresses of simulated pods, which no network knows: one range for all nodes, each address with one pod at a time. */
import { addressNumber, addressText } from './places.ts';

/** The range cannot be used. */
export class AddressRangeError extends Error {
  override readonly name = 'AddressRangeError';
}

export class PodAddresses {
  readonly #network: number;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #last = 0;

  /** `range`: such as `100.64.0.0/10`. @throws AddressRangeError */
  constructor(range: string) {
    const [address = '', bits = ''] = range.split('/');
    const network = addressNumber(address);
    if (network === undefined || !/^\d+$/.test(bits) || Number(bits) > 30) {
      throw new AddressRangeError(`Cannot take addresses from the range "${range}": write it as 100.64.0.0/10`);
    }
    this.#size = 2 ** (32 - Number(bits));
    this.#network = network - (network % this.#size);
  }

  /** Goes on behind the one given last, so that one that was given back rests for a while. Undefined when all are taken. */
  take(): string | undefined {
    if (this.#taken.size >= this.#size - 2) return undefined;
    do this.#last = (this.#last % (this.#size - 2)) + 1;
    while (this.#taken.has(this.#last));
    this.#taken.add(this.#last);
    return addressText(this.#network + this.#last);
  }

  /** A pod has it already. Others than those of the range are not ours to keep. */
  claim(address: string): void {
    const offset = this.#offset(address);
    if (offset !== undefined) this.#taken.add(offset);
  }

  release(address: string): void {
    const offset = this.#offset(address);
    if (offset !== undefined) this.#taken.delete(offset);
  }

  #offset(address: string): number | undefined {
    const number = addressNumber(address);
    if (number === undefined || number <= this.#network || number >= this.#network + this.#size) return undefined;
    return number - this.#network;
  }
}
