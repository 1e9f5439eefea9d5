/**
 * Load balancers without a cloud: a Service gets an address of the pool, which is announced where traffic for it is to
 * arrive; the service proxy there does the balancing. Which Service has which address is in their statuses and nowhere else, so
 * that a restart gives nobody another address.
 */
import type { LoadBalancerStatus, Service } from '../../../api/groups/core.v1.ts';
import { objectKey } from '../../../client/informer.ts';
import type { LoadBalancers } from '../../provider.ts';
import { freeAddress, isInPool, poolText, type AddressPool } from './address-pool.ts';
import type { Announcer } from './announcer.ts';

/** Asks for one address of the pool, as spec.loadBalancerIP does, which Kubernetes has deprecated. */
const addressAnnotation = 'slipway.dev/load-balancer-ip';

export interface LocalBalancersOptions {
  readonly pool: AddressPool;
  readonly announcer: Announcer;
  /** Every Service of the cluster as it is known now. */
  readonly services: () => readonly Service[];
}

export class LocalLoadBalancers implements LoadBalancers {
  readonly #options: LocalBalancersOptions;
  /** Uid of a Service → its address, from the moment of the choice: statuses come later. */
  readonly #given = new Map<string, string>();

  constructor(options: LocalBalancersOptions) {
    this.#options = options;
  }

  async find(service: Service): Promise<LoadBalancerStatus | undefined> {
    const address = this.#addressOf(service);
    return address === undefined ? undefined : statusFor(address);
  }

  async ensure(service: Service): Promise<LoadBalancerStatus> {
    const { announcer } = this.#options;
    const before = this.#addressOf(service);
    const address = this.#choose(service, before);
    this.#given.set(service.metadata.uid, address);
    if (before !== undefined && before !== address) await announcer.withdraw(before);
    await announcer.announce(address);
    return statusFor(address);
  }

  /** Nodes are the proxies' business. */
  async updateNodes(): Promise<void> {}

  async remove(service: Service): Promise<void> {
    const address = this.#addressOf(service);
    if (address === undefined) return;
    await this.#options.announcer.withdraw(address);
    this.#given.delete(service.metadata.uid);
  }

  #choose(service: Service, before: string | undefined): string {
    const { pool } = this.#options;
    const { ipFamilies = [] } = service.spec;
    if (ipFamilies.length > 0 && !ipFamilies.includes('IPv4')) {
      throw new Error('the pool has IPv4 addresses, and the Service takes IPv6 alone');
    }
    const taken = this.#takenByOthers(service);
    const wanted = service.metadata.annotations?.[addressAnnotation] ?? service.spec.loadBalancerIP ?? '';
    if (wanted !== '') {
      if (!isInPool(pool, wanted)) throw new Error(`the address ${wanted} is not in the pool ${poolText(pool)}`);
      const holder = taken.get(wanted);
      if (holder !== undefined) throw new Error(`the address ${wanted} is taken by the Service ${holder}`);
      return wanted;
    }
    if (before !== undefined && !taken.has(before)) return before;
    const free = freeAddress(pool, new Set(taken.keys()));
    if (free === undefined) throw new Error(`no address of the pool ${poolText(pool)} is free`);
    return free;
  }

  /** Address → whose it is. */
  #takenByOthers(service: Service): ReadonlyMap<string, string> {
    const others = this.#options.services().filter(({ metadata }) => metadata.uid !== service.metadata.uid);
    const taken = new Map<string, string>();
    for (const other of others) {
      const address = this.#addressOf(other);
      if (address !== undefined) taken.set(address, objectKey(other));
    }
    // Of Services that were just deleted, until their load balancer is gone.
    for (const [uid, address] of this.#given) {
      if (uid !== service.metadata.uid && !taken.has(address)) taken.set(address, uid);
    }
    return taken;
  }

  #addressOf({ metadata, spec, status }: Service): string | undefined {
    const given = this.#given.get(metadata.uid);
    if (given !== undefined || spec.loadBalancerClass !== undefined) return given;
    const shown = (status.loadBalancer.ingress ?? []).map(({ ip = '' }) => ip);
    return shown.find((ip) => isInPool(this.#options.pool, ip));
  }
}

/** Traffic inside the cluster may go to the endpoints at once. */
function statusFor(ip: string): LoadBalancerStatus {
  return { ingress: [{ ip, ipMode: 'VIP' }] };
}
