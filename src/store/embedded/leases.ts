/**
 * Leases and the keys that hang on them.
 *
 * A lease is written to disk when it is granted and when it ends, not when it is kept alive: after a restart each has its
 * whole time again, as in etcd. Each lease has one timer, which looks when it fires whether it was kept alive meanwhile.
 */
import type { Clock } from '../../base/clock.ts';
import type { Lease } from '../store.ts';

export interface LeaseState extends Lease {
  readonly remainingMs: number;
  /** Keys that hang on it, in no order. */
  readonly keys: ReadonlySet<string>;
}

/** After a lease could not be ended, as on a full disk. */
const retryMs = 5000;

interface Held {
  readonly lease: Lease;
  readonly keys: Set<string>;
  state: 'granting' | 'alive' | 'ending';
  expiresMs: number;
  cancel: () => void;
}

export class Leases {
  readonly #clock: Clock;
  readonly #expire: (id: bigint) => void;
  readonly #held = new Map<bigint, Held>();
  #stopped = false;

  /** @param expire Ends the lease, or calls `keep` if it cannot. */
  constructor(clock: Clock, expire: (id: bigint) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  get(id: bigint): Lease | undefined {
    const held = this.#held.get(id);
    return held?.state === 'alive' ? held.lease : undefined;
  }

  has(id: bigint): boolean {
    return this.#held.has(id);
  }

  freeId(): bigint {
    let id = BigInt(this.#clock.now()) * 1000n;
    while (this.#held.has(id)) id += 1n;
    return id;
  }

  /** Leases that have not ended, by the time they have left. */
  all(): LeaseState[] {
    const alive = [...this.#held.values()].filter(({ state }) => state === 'alive');
    return alive.map((held) => this.#describe(held)).sort((a, b) => a.remainingMs - b.remainingMs);
  }

  describe(id: bigint): LeaseState | undefined {
    const held = this.#held.get(id);
    return held?.state === 'alive' ? this.#describe(held) : undefined;
  }

  keysOf(id: bigint): Iterable<string> {
    return this.#held.get(id)?.keys ?? [];
  }

  reserve(lease: Lease): void {
    const expiresMs = Infinity;
    this.#held.set(lease.id, { lease, keys: new Set(), state: 'granting', expiresMs, cancel: () => undefined });
  }

  start(id: bigint): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.state = 'alive';
    held.expiresMs = this.#clock.now() + held.lease.ttlSeconds * 1000;
    this.#await(held);
  }

  keepAlive(id: bigint): Lease | undefined {
    const held = this.#held.get(id);
    if (held?.state !== 'alive') return undefined;
    held.expiresMs = this.#clock.now() + held.lease.ttlSeconds * 1000;
    return held.lease;
  }

  /** From now on nothing can be put under the lease. */
  end(id: bigint): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.state = 'ending';
    held.cancel();
  }

  /** The end of the lease did not reach the disk. */
  keep(id: bigint): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.state = 'alive';
    held.expiresMs = Math.max(held.expiresMs, this.#clock.now() + retryMs);
    this.#await(held);
  }

  remove(id: bigint): void {
    this.#held.get(id)?.cancel();
    this.#held.delete(id);
  }

  attach(id: bigint, key: string): void {
    this.#held.get(id)?.keys.add(key);
  }

  detach(id: bigint, key: string): void {
    this.#held.get(id)?.keys.delete(key);
  }

  /** No lease expires any more. */
  stop(): void {
    this.#stopped = true;
    for (const held of this.#held.values()) held.cancel();
  }

  #describe({ lease, expiresMs, keys }: Held): LeaseState {
    return { ...lease, remainingMs: Math.max(0, expiresMs - this.#clock.now()), keys };
  }

  #await(held: Held): void {
    held.cancel();
    if (this.#stopped) return;
    held.cancel = this.#clock.after(held.expiresMs - this.#clock.now(), () => {
      if (held.state !== 'alive') return;
      if (held.expiresMs > this.#clock.now()) this.#await(held);
      else this.#expire(held.lease.id);
    });
  }
}
