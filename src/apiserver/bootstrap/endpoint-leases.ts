/**
 * Which API servers there are behind the Service `kubernetes`: each holds a key that ends with its lease, and each writes
 * the addresses of all that it finds into the Service's endpoints.
 *
 *   /registry/masterleases/10.0.0.1   leased for 15 s, kept alive every 10 s by the server at 10.0.0.1
 *
 * A server that stops takes its key away first; of one that dies the others learn within 25 s. The last one's address
 * stays: an empty list would help nobody. Keys and values are Kubernetes' own.
 */
import type { Draft } from '../../api/descriptor.ts';
import type { Endpoints as EndpointsObject } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { Endpoints, EndpointSlices } from '../../api/resources.ts';
import { prefixEnd } from '../../store/store.ts';
import type { Api } from '../api.ts';
import { storedBytes } from '../registry/entry.ts';
import { storageKey } from '../registry/served.ts';
import { keepUp, type Upkeep } from './upkeep.ts';

const prefix = '/registry/masterleases/';
const ttlSeconds = 15;

export interface Reachable {
  readonly advertiseAddress: string;
  readonly securePort: number;
}

export async function holdEndpoint(api: Api, { advertiseAddress, securePort }: Reachable): Promise<Upkeep> {
  const key = prefix + advertiseAddress;
  let lease: bigint | undefined;
  const hold = async (): Promise<void> => {
    const alive = lease !== undefined && (await api.store.keepLeaseAlive(lease)) !== undefined;
    const held = alive && (await api.store.range(key)).entries[0]?.lease === lease;
    if (!held) {
      const granted = await api.store.grantLease(ttlSeconds);
      await api.store.transact([], [{ type: 'put', key, value: holding(advertiseAddress), lease: granted.id }]);
      lease = granted.id;
    }
    await tellEndpoints(api, securePort);
  };
  const upkeep = await keepUp(api, 'the endpoints of the Service kubernetes', hold);
  return {
    async stop() {
      await upkeep.stop();
      try {
        if (lease !== undefined) await api.store.revokeLease(lease);
        await tellEndpoints(api, securePort);
      } catch (error) {
        api.log.warn('Cannot leave the endpoints of the Service kubernetes', { why: String(error) });
      }
    },
  };
}

function holding(ip: string): Uint8Array {
  const value = { kind: 'Endpoints', apiVersion: 'v1', metadata: {}, subsets: [{ addresses: [{ ip }] }] };
  return Buffer.from(JSON.stringify(value));
}

async function tellEndpoints(api: Api, securePort: number): Promise<void> {
  const held = await api.store.range(prefix, { end: prefixEnd(prefix), keysOnly: true });
  const addresses = held.entries.map(({ key }) => key.slice(prefix.length));
  if (addresses.length === 0) return;
  await change<EndpointsObject>(api, Endpoints, (draft) => {
    const [subset, ...others] = draft.subsets ?? [];
    const told = (subset?.addresses ?? []).map(({ ip }) => ip).toSorted();
    if (others.length === 0 && same(told, addresses)) return false;
    const ports = [{ name: 'https', port: securePort, protocol: 'TCP' }];
    Object.assign(draft, { subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports }] });
    return true;
  });
  await change<EndpointSlice>(api, EndpointSlices, (draft) => {
    const told = (draft.endpoints ?? []).flatMap((endpoint) => endpoint.addresses).toSorted();
    if (same(told, addresses)) return false;
    const endpoints = addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } }));
    const ports = [{ name: 'https', port: securePort, protocol: 'TCP' }];
    Object.assign(draft, { endpoints, ports });
    return true;
  });
}

const same = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((each, index) => each === others[index]);

/** When another server was quicker, its next turn or ours sets it right. */
async function change<T extends KubeObject>(
  api: Api,
  resource: AnyResource,
  make: (draft: Draft<T>) => boolean,
): Promise<void> {
  const served = api.resources.of(resource);
  await served.cache.ready();
  await api.store.sync?.();
  const key = storageKey(served, 'default', 'kubernetes');
  const entry = served.cache.get(key);
  if (entry === undefined) return;
  const draft = structuredClone(entry.object) as unknown as Draft<T>;
  if (!make(draft)) return;
  const value = storedBytes(draft as unknown as KubeObject);
  await api.store.transact([{ key, modRevision: entry.revision }], [{ type: 'put', key, value }]);
}
