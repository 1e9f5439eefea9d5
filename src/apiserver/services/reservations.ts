/**
 * Addresses and node ports of Services: each is given once. What is in use is read from the Services themselves; what was
 * promised to writes still under way is remembered until they are in the cache, so that two of them never get the same.
 *
 * Other servers on the same store promise of their own. So a write that takes something also moves on one key that all
 * servers share (allocation-guard.ts), and goes through only if nobody else has taken anything since this server looked.
 */
import { performance } from 'node:perf_hooks';
import { invalid, invalidError } from '../../api/field-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Service } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { ApiError } from '../../api/api-error.ts';
import type { Random } from '../../base/random.ts';
import { Services } from '../../api/resources.ts';
import type { Clock } from '../../base/clock.ts';
import type { Allocated, AllocatorMetrics } from '../metrics/allocator-metrics.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { Entry } from '../registry/entry.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { Store, TransactionResult } from '../../store/store.ts';
import { createAllocationGuard, type Writing } from './allocation-guard.ts';
import { createAddressObjects } from './address-objects.ts';
import { familyErrors } from '../../api/kinds/core/service-families.ts';
import { addressInRange, parseRange, type AddressRange } from './address-range.ts';
import { addressRanges } from './address-ranges.ts';
import { allocationError, imaginaryPorts, maxNodePort, minNodePort, realPorts, reservePorts } from './node-ports.ts';

/** A promise outlives its write only when the write failed. */
const promiseMs = 10_000;

export interface Reservations {
  /**
   * Fills in cluster IPs and node ports, before anything else of the object is looked at. `dryRun`: nothing is promised,
   * and the ports are made up.
   * @throws ApiError Invalid when a wanted one is taken or outside the range.
   */
  reserve(draft: Draft<KubeObject>, old: KubeObject | undefined, dryRun: boolean): void;
  /** Takes back what was promised to a write that failed. */
  release(uid: string): void;
  /** Whether writes of the resource may be given something. */
  concern(served: Served): boolean;
  /**
   * Writes an object with what was promised to it; any other object too.
   * @throws ApiError Conflict when another server has given the same to somebody else meanwhile.
   */
  write(served: Served, object: KubeObject, write: Writing): Promise<TransactionResult>;
  /** Deletes an object with what it holds. False when another write came between. */
  remove(served: Served, entry: Entry): Promise<boolean>;
  /** Sets right what tells of the addresses in use. */
  repair(): Promise<void>;
}

interface InUse {
  readonly ips: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

interface Promised {
  readonly owner: string;
  readonly untilMs: number;
}

export interface ReservationOptions {
  readonly served: ServedResources;
  /** The range that the server was started with; ServiceCIDRs add others. */
  readonly range: string;
  readonly store: Store;
  readonly random: Random;
  readonly clock: Clock;
  readonly metrics: AllocatorMetrics;
}

export function createReservations(options: ReservationOptions): Reservations {
  const { random, store, served } = options;
  const { now } = options.clock;
  const services = served.of(Services).cache;
  const guard = createAllocationGuard(store);
  const addresses = createAddressObjects(options);
  const given = parseRange(options.range);
  options.metrics.follow(() => allocated(addressRanges(given, served), inUse(services, new Map(), '')));
  const promised = new Map<string, Promised>();
  const forget = (own: string): void => {
    const nowMs = now();
    for (const [what, { owner, untilMs }] of promised) if (owner === own || untilMs <= nowMs) promised.delete(what);
  };
  return {
    reserve(object, before, dryRun) {
      const draft = object as unknown as Draft<Service>;
      const old = before as unknown as Service | undefined;
      const errors = familyErrors(draft.spec as Service['spec'], old?.spec);
      if (errors.length > 0) throw invalidError('', 'Service', draft.metadata.name, errors);
      const uid = draft.metadata.uid ?? '';
      forget(uid);
      const used = inUse(services, promised, uid);
      const begunMs = performance.now();
      const count: AddressChoice['given'] = (cidr, scope) =>
        options.metrics.allocated(cidr, scope, (performance.now() - begunMs) / 1000);
      const ranges = addressRanges(given, served);
      const isUsed = (ip: string): boolean => used.ips.has(ip) || addresses.isTaken(ip);
      if (needsAddress(draft, old)) {
        if (dryRun) imagineAddress(draft, ranges[0] ?? given);
        else reserveAddress(draft, { ranges, isUsed, random, given: count });
      }
      const usedPorts = new Set([...used.ports, ...(old === undefined ? [] : nodePortsOf(old.spec))]);
      reservePorts(draft, old, dryRun ? imaginaryPorts(usedPorts) : realPorts(usedPorts, random));
      if (dryRun) return;
      const promise = { owner: uid, untilMs: now() + promiseMs };
      for (const ip of draft.spec.clusterIPs ?? []) if (ip !== 'None') promised.set(ip, promise);
      for (const port of nodePortsOf(draft.spec as Service['spec'])) promised.set(`port:${port}`, promise);
    },
    release: forget,
    concern: (served) => served.cache === services,
    write(served, object, { conditions, operations }) {
      if (served.cache !== services) return store.transact(conditions, operations);
      const { uid, namespace, name } = object.metadata;
      const before = services.get(storageKey(served, namespace, name))?.object as Service | undefined;
      const all = [...operations, ...addresses.following(before, object as unknown as Service)];
      const own = promisedTo(promised, uid);
      if (own.length === 0) return store.transact(conditions, all);
      return guard.write({ conditions, operations: all }, () => {
        const others = inUse(services, new Map(), uid);
        const taken = own.find((what) => (typeof what === 'number' ? others.ports.has(what) : others.ips.has(what)));
        if (taken === undefined) return new Set([...others.ports, ...own.filter((what) => typeof what === 'number')]);
        forget(uid);
        throw takenError(object.metadata.name, taken);
      });
    },
    async remove(served, { key, revision, object }) {
      const isService = served.cache === services;
      const following = isService ? addresses.following(object as unknown as Service, undefined) : [];
      const { ok } = await store.transact([{ key, modRevision: revision }], [{ type: 'delete', key }, ...following]);
      if (ok && isService) forget(object.metadata.uid);
      return ok;
    },
    repair: () => addresses.repair(),
  };
}

/** Addresses as text, ports as numbers. */
function promisedTo(promised: ReadonlyMap<string, Promised>, uid: string): readonly (string | number)[] {
  return [...promised].flatMap(([what, { owner }]) => {
    if (owner !== uid) return [];
    return [what.startsWith('port:') ? Number(what.slice(5)) : what];
  });
}

function takenError(name: string, what: string | number): ApiError {
  const kind = typeof what === 'number' ? 'node port' : 'cluster IP';
  const why = `${kind} ${what} was given to another Service meanwhile; please try again`;
  const text = `Operation cannot be fulfilled on services ${JSON.stringify(name)}: ${why}`;
  return new ApiError('Conflict', text, { name, group: '', kind: 'services' });
}

/** What others have, or were promised. */
function inUse(services: ResourceCache, promised: ReadonlyMap<string, Promised>, own: string): InUse {
  const ips = new Set<string>();
  const ports = new Set<number>();
  for (const { object } of services.list(services.prefix)) {
    if (object.metadata.uid === own) continue;
    const { spec } = object as unknown as Service;
    for (const ip of spec.clusterIPs ?? []) ips.add(ip);
    for (const port of nodePortsOf(spec)) ports.add(port);
  }
  for (const what of promised.keys()) {
    if (what.startsWith('port:')) ports.add(Number(what.slice(5)));
    else ips.add(what);
  }
  return { ips, ports };
}

const nodePortsOf = (spec: Service['spec']): number[] => [
  ...(spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0).filter((port) => port > 0),
  ...(spec.healthCheckNodePort === undefined || spec.healthCheckNodePort === 0 ? [] : [spec.healthCheckNodePort]),
];

interface AddressChoice {
  readonly ranges: readonly AddressRange[];
  isUsed(ip: string): boolean;
  readonly random: Random;
  given(cidr: string, scope: 'static' | 'dynamic'): void;
}

function allocated(ranges: readonly AddressRange[], { ips, ports }: InUse): Allocated {
  const all = maxNodePort - minNodePort + 1;
  return {
    ranges: ranges.map((range) => {
      const used = [...ips].filter((ip) => addressInRange(range, ip)).length;
      return { cidr: range.text, used, free: range.size - 2 - used };
    }),
    ports: { used: ports.size, free: all - ports.size },
  };
}

/** Whether this write gives the Service its first address. */
function needsAddress({ spec }: Draft<Service>, old: Service | undefined): boolean {
  const isFirst = old === undefined || old.spec.type === 'ExternalName';
  return isFirst && spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
}

/** A dry run looks at no other Service: it shows the range itself when no address is wanted. */
function imagineAddress(draft: Draft<Service>, range: AddressRange): void {
  const wanted = draft.spec.clusterIP ?? '';
  if (wanted !== '' && !addressInRange(range, wanted)) {
    const limits = `is not in the valid range. The range of valid IPs is ${range.text}`;
    throw addressError(draft, wanted, `the provided IP (${wanted}) ${limits}`);
  }
  draft.spec.clusterIP = wanted || range.at(0);
  draft.spec.clusterIPs = [draft.spec.clusterIP];
}

function reserveAddress(draft: Draft<Service>, choice: AddressChoice): void {
  const { spec } = draft;
  if (spec.clusterIP) checkAddress(draft, spec.clusterIP, choice);
  else spec.clusterIP = freeAddress(choice);
  spec.clusterIPs = [spec.clusterIP];
}

function checkAddress(draft: Draft<Service>, wanted: string, { ranges, isUsed, given }: AddressChoice): void {
  const within = ranges.find((range) => addressInRange(range, wanted));
  if (within === undefined) throw addressError(draft, wanted, 'the provided network does not match the current range');
  if (isUsed(wanted)) throw addressError(draft, wanted, 'provided IP is already allocated');
  given(within.text, 'static');
}

function addressError({ metadata }: Draft<Service>, wanted: string, detail: string): ApiError {
  return invalidError('', 'Service', metadata.name, [
    invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${detail}`),
  ]);
}

/** At random from the upper part of the range; the lower part is left to who asks for addresses by name. */
function freeAddress({ ranges, isUsed, random, given }: AddressChoice): string {
  for (const range of ranges) {
    const reservedLow = Math.min(Math.max(16, Math.floor(range.size / 16)), 256, range.size - 2);
    const start = reservedLow + Math.floor(random.next() * (range.size - reservedLow - 1));
    for (let i = 0; i < range.size; i++) {
      const offset = (start + i) % range.size;
      const address = range.at(offset);
      if (offset === 0 || offset === range.size - 1 || isUsed(address)) continue;
      given(range.text, 'dynamic');
      return address;
    }
  }
  throw allocationError('failed to allocate a serviceIP: range is full');
}
