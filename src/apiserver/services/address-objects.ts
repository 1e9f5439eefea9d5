/**
 * The IPAddress object behind each cluster IP, by which people and other programs see who has which address. It comes and
 * goes in the same transaction as the address itself. What was deleted by hand is made again, and what has no Service any
 * more goes, as Kubernetes' repair controller does it.
 */
import type { IPAddress } from '../../api/groups/networking.v1.ts';
import type { Service } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { IPAddresses, Services } from '../../api/resources.ts';
import type { Clock } from '../../base/clock.ts';
import type { Operation, Store } from '../../store/store.ts';
import { completeSeed, type Seed } from '../bootstrap/seed.ts';
import { storedBytes } from '../registry/entry.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { storageKey } from '../registry/served.ts';

const managedBy = 'ipaddress.kubernetes.io/managed-by';
const allocator = 'ipallocator.k8s.io';
/** An address without a Service may belong to one that is being written. */
const orphanMs = 60_000;
/** How long nothing is looked through when no address was deleted. */
const quietMs = 180_000;

export interface AddressObjects {
  /** What a write of the Service must write too; `after` undefined: the Service goes. */
  following(before: Service | undefined, after: Service | undefined): readonly Operation[];
  /** Whether the address is held, in whosever name. */
  isTaken(ip: string): boolean;
  /** Makes what is missing and removes what has no Service; does nothing when there is hardly a reason to look. */
  repair(): Promise<void>;
}

interface Needs {
  readonly served: ServedResources;
  readonly store: Store;
  readonly clock: Clock;
}

export function createAddressObjects({ served, store, clock }: Needs): AddressObjects {
  const addresses = served.of(IPAddresses);
  const services = served.of(Services);
  const keyOf = (ip: string): string => storageKey(addresses, undefined, ip);
  const held = (ip: string): IPAddress | undefined => addresses.cache.get(keyOf(ip))?.object as IPAddress | undefined;
  const put = (ip: string, service: Service): Operation => {
    const value = storedBytes(completeSeed({ clock }, addresses, addressOf(ip, service)));
    return { type: 'put', key: keyOf(ip), value };
  };
  let isDirty = true;
  let repairedMs = 0;
  let isFollowing = false;
  /** Until the caches are closed. */
  const follow = (): void => {
    if (isFollowing) return;
    isFollowing = true;
    const { cache } = addresses;
    cache.follow(cache.prefix, ({ type }) => {
      if (type === 'DELETED') isDirty = true;
    });
  };
  return {
    following(before, after) {
      const kept = new Set(after === undefined ? [] : addressesOf(after));
      const lost = before === undefined ? [] : addressesOf(before).filter((ip) => !kept.has(ip));
      return [
        ...[...kept].flatMap((ip) => (after !== undefined && held(ip) === undefined ? [put(ip, after)] : [])),
        ...lost.flatMap((ip): readonly Operation[] => {
          const object = held(ip);
          return before === undefined || object === undefined || !isOf(object, before)
            ? []
            : [{ type: 'delete', key: keyOf(ip) }];
        }),
      ];
    },
    isTaken: (ip) => held(ip) !== undefined,
    async repair() {
      await Promise.all([addresses.cache.ready(), services.cache.ready()]);
      follow();
      if (!isDirty && clock.now() < repairedMs + quietMs) return;
      isDirty = false;
      repairedMs = clock.now();
      const wanted = new Map<string, Service>();
      for (const { object } of services.cache.list(services.cache.prefix)) {
        const service = object as unknown as Service;
        for (const ip of addressesOf(service)) wanted.set(ip, service);
      }
      for (const [ip, service] of wanted) {
        if (held(ip) === undefined) await store.transact([{ key: keyOf(ip), modRevision: 0 }], [put(ip, service)]);
      }
      for (const { key, revision, object } of addresses.cache.list(addresses.cache.prefix)) {
        const { metadata } = object;
        if (metadata.labels?.[managedBy] !== allocator || wanted.has(metadata.name)) continue;
        if (Date.parse(metadata.creationTimestamp ?? '') + orphanMs > clock.now()) continue;
        await store.transact([{ key, modRevision: revision }], [{ type: 'delete', key }]);
      }
    },
  };
}

const addressesOf = ({ spec }: Service): readonly string[] =>
  (spec.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '');

function isOf({ spec }: IPAddress, { metadata }: Pick<KubeObject, 'metadata'>): boolean {
  const { group = '', resource, namespace, name } = spec?.parentRef ?? {};
  return group === '' && resource === 'services' && namespace === metadata.namespace && name === metadata.name;
}

/** The seed of the object for an address of a Service. */
export const addressOf = (
  ip: string,
  { metadata: { namespace, name } }: Pick<KubeObject, 'metadata'>,
): Seed<KubeObject> => ({
  metadata: {
    name: ip,
    labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', [managedBy]: allocator },
  },
  spec: { parentRef: { resource: 'services', namespace, name } },
});
