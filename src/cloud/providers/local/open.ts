/** The provider for machines without a cloud: addresses of a pool, announced on this machine. */
import type { Log } from '../../../base/log.ts';
import type { Service } from '../../../api/groups/core.v1.ts';
import type { CloudProvider } from '../../provider.ts';
import { parsePool } from './address-pool.ts';
import { InterfaceAnnouncer, silentAnnouncer, type Announcer } from './announcer.ts';
import { LocalLoadBalancers } from './load-balancers.ts';

export interface LocalProviderOptions {
  /** Ranges, networks and single addresses, see address-pool.ts. */
  readonly addresses: readonly string[];
  /** The interface that is made for the addresses; undefined: they are given and not announced. */
  readonly interfaceName?: string | undefined;
  /** Interfaces on whose networks neighbours are told by gratuitous ARP. */
  readonly neighbours?: readonly string[];
}

export interface LocalProviderContext {
  readonly log: Log;
  readonly services: () => readonly Service[];
}

/** @throws RangeError for addresses that cannot be read. */
export async function openLocalProvider(
  options: LocalProviderOptions,
  context: LocalProviderContext,
): Promise<CloudProvider> {
  const { interfaceName, neighbours = [] } = options;
  const { log, services } = context;
  const announcer = await createAnnouncer(interfaceName, neighbours, log);
  const pool = parsePool(options.addresses);
  return {
    name: 'local',
    loadBalancers: new LocalLoadBalancers({ pool, announcer, services }),
    close: () => announcer.close(),
  };
}

async function createAnnouncer(
  interfaceName: string | undefined,
  neighbours: readonly string[],
  log: Log,
): Promise<Announcer> {
  if (interfaceName === undefined) return silentAnnouncer;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const announcer = new InterfaceAnnouncer({ interfaceName, neighbours, log });
    await announcer.clear();
    return announcer;
  }
  log.warn('Load balancers get addresses that lead nowhere: to announce them takes Linux and root');
  return silentAnnouncer;
}
