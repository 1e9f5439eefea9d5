/**
 * Which parts of a range nodes have. Parts are numbered; the search for a free one goes on where the last ended, so that what a
 * node gave back is not given to the next at once. Several nodes may have said that they have the same part: it is free when
 * none has it any more.
 */
import { formatIpNetwork, indicesOf, parseIpNetwork, sizeIn, subnetAt } from '../ip-network.ts';
import type { NodeRange } from './node-ranges.ts';

export class RangeAllocator {
  readonly #range: NodeRange;
  readonly #users = new Map<number, number>();
  readonly #size: number;
  #next = 0;

  constructor(range: NodeRange) {
    this.#range = range;
    this.#size = sizeIn(range.network, range.nodePrefix);
    for (const network of range.excluded) this.#change(formatIpNetwork(network), 1);
  }

  /** Undefined when none is left. */
  take(): string | undefined {
    if (this.#users.size >= this.#size) return undefined;
    while (this.#users.has(this.#next)) this.#next = (this.#next + 1) % this.#size;
    const index = this.#next;
    this.#users.set(index, 1);
    this.#next = (index + 1) % this.#size;
    return formatIpNetwork(subnetAt(this.#range.network, this.#range.nodePrefix, index));
  }

  /** What lies outside the range is nobody's matter. */
  occupy(cidr: string): void {
    this.#change(cidr, 1);
  }

  release(cidr: string): void {
    this.#change(cidr, -1);
  }

  #change(cidr: string, by: 1 | -1): void {
    const { network, nodePrefix } = this.#range;
    const given = parseIpNetwork(cidr);
    const [first, last] = (given && indicesOf(network, nodePrefix, given)) ?? [0, -1];
    for (let index = first; index <= last; index++) {
      const users = (this.#users.get(index) ?? 0) + by;
      if (users > 0) this.#users.set(index, users);
      else this.#users.delete(index);
    }
  }
}
