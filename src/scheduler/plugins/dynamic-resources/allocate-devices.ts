/**
 * Which devices of a node satisfy claims: a search with steps back. Requests come one after the other; each takes devices
 * that suit it and that nobody has, as long as the claim's constraints hold; when one finds none, the one before it tries
 * others. Among alternatives (firstAvailable) the first that leads to an end wins. A device that allows several allocations
 * is given as long as its capacities last, also twice to one request.
 */
import { randomUUID } from 'node:crypto';
import type { Node } from '../../../api/groups/core.v1.ts';
import type {
  AllocationResult,
  DeviceClass,
  DeviceConstraint,
  DeviceRequestAllocationResult,
  DeviceSelector,
  DeviceSubRequest,
  DeviceTaint,
  DeviceToleration,
  ResourceClaim,
} from '../../../api/groups/resource.v1.ts';
import { parseQuantity, quantityToNumber } from '../../../api/quantity.ts';
import { consumedOf, SharedCapacities, type Capacities } from './device-capacity.ts';
import { isReachable, onNode, reachOf, type DevicePool, type PooledDevice } from './device-pools.ts';
import { qualified, selects } from './device-selector.ts';

export interface AllocateInput {
  readonly claims: readonly ResourceClaim[];
  readonly pools: readonly DevicePool[];
  /** Keys of devices that are taken. */
  readonly taken: ReadonlySet<string>;
  /** What allocations have taken of devices that allow several. */
  readonly shares: readonly DeviceShare[];
  readonly deviceClass: (name: string) => DeviceClass | undefined;
  /** When the search gives up, by the monotonic clock; never unless given. */
  readonly deadlineMs?: number | undefined;
}

export interface DeviceShare {
  /** Of the device. */
  readonly key: string;
  readonly parts: Capacities;
}

interface Alternative {
  readonly claim: ResourceClaim;
  /** `request`, or `request/alternative`. */
  readonly name: string;
  readonly className: string;
  readonly selectors: readonly DeviceSelector[];
  readonly tolerations: readonly DeviceToleration[];
  readonly adminAccess: boolean;
  readonly capacity: Capacities;
  /** Undefined: all that suit. */
  readonly count: number | undefined;
}

interface Request {
  readonly claim: ResourceClaim;
  readonly alternatives: readonly Alternative[];
}

interface Chosen {
  readonly request: Request;
  readonly alternative: Alternative;
  readonly device: PooledDevice;
  /** Given where the device allows several allocations. */
  readonly parts: Capacities | undefined;
}

/** Devices of one claim, as upstream limits them. */
const maxDevices = 32;
/** A search that takes longer than this many steps is given up: claims can be made that would take for ever. */
const maxSteps = 100_000;
const stepsBetweenLooks = 256;

/**
 * One result a claim, in their order; undefined: the node cannot satisfy them; 'timed out': whether it can was not found
 * out in time. @throws Error of a selector
 */
export function allocateDevices(
  input: AllocateInput,
  node: Node,
): readonly AllocationResult[] | 'timed out' | undefined {
  const chosen = new Search(input, node).run();
  if (chosen === undefined || chosen === 'timed out') return chosen;
  return input.claims.map((claim) => resultOf(claim, chosen, input, node));
}

class Search {
  readonly #input: AllocateInput;
  readonly #requests: readonly Request[];
  readonly #reachable: readonly PooledDevice[];
  readonly #complete: boolean;
  readonly #chosen: Chosen[] = [];
  readonly #counters: Counters;
  readonly #capacities = new SharedCapacities();
  #steps = 0;
  #isLate = false;

  constructor(input: AllocateInput, node: Node) {
    this.#input = input;
    this.#requests = input.claims.flatMap(requestsOf);
    const near = input.pools.filter(({ all }) => all.some((device) => isReachable(device, node)));
    this.#complete = near.every(({ complete }) => complete);
    this.#reachable = near
      .filter(({ complete }) => complete)
      .flatMap(({ all }) => all.filter((device) => isReachable(device, node)));
    for (const { key, parts } of input.shares) this.#capacities.take(key, parts, 1);
    this.#counters = new Counters(near, (key) => input.taken.has(key) || this.#capacities.isUsed(key));
  }

  run(): readonly Chosen[] | 'timed out' | undefined {
    if (this.#satisfy(0)) return this.#chosen;
    return this.#isLate ? 'timed out' : undefined;
  }

  /** One more step may be taken. */
  #mayGoOn(): boolean {
    const { deadlineMs = Infinity } = this.#input;
    const looks = ++this.#steps % stepsBetweenLooks === 0;
    this.#isLate ||= this.#steps > maxSteps || (looks && performance.now() > deadlineMs);
    return !this.#isLate;
  }

  #satisfy(at: number): boolean {
    const request = this.#requests[at];
    if (request === undefined) return true;
    return request.alternatives.some((alternative) => {
      const suiting = this.#reachable.filter((device) => this.#suits(device, alternative));
      const next = (): boolean => this.#satisfy(at + 1);
      if (alternative.count !== undefined) return this.#take(request, alternative, suiting, alternative.count, next);
      const all = this.#complete && suiting.length > 0 && suiting.length <= maxDevices;
      return all && this.#take(request, alternative, suiting, suiting.length, next);
    });
  }

  /** Takes so many of the devices, in their order, and goes on. */
  #take(
    request: Request,
    alternative: Alternative,
    devices: readonly PooledDevice[],
    count: number,
    next: () => boolean,
  ): boolean {
    if (count === 0) return next();
    const shareable = devices.some(({ device }) => device.allowMultipleAllocations === true);
    for (let at = 0; at + (shareable ? 1 : count) <= devices.length; at++) {
      const device = devices[at];
      if (device === undefined || !this.#mayGoOn()) return false;
      const shared = device.device.allowMultipleAllocations === true;
      const parts = shared ? consumedOf(device.device, alternative.capacity) : undefined;
      const chosen = { request, alternative, device, parts };
      if (!this.#isFree(chosen) || !this.#holds(chosen)) continue;
      this.#chosen.push(chosen);
      this.#occupy(chosen, 1);
      const again = shared && alternative.count !== undefined;
      if (this.#take(request, alternative, devices.slice(again ? at : at + 1), count - 1, next)) return true;
      this.#occupy(chosen, -1);
      this.#chosen.pop();
    }
    return false;
  }

  /** `times`: 1 takes, -1 gives back. */
  #occupy({ alternative, device, parts }: Chosen, times: 1 | -1): void {
    if (alternative.adminAccess) return;
    // Those who share a device take its counters once.
    if (parts !== undefined && times === -1) this.#capacities.take(device.key, parts, -1);
    if (parts === undefined || !this.#capacities.isUsed(device.key)) this.#counters.take(device, times);
    if (parts !== undefined && times === 1) this.#capacities.take(device.key, parts, 1);
  }

  #suits({ driver, device }: PooledDevice, alternative: Alternative): boolean {
    const { className, selectors, tolerations, adminAccess, capacity } = alternative;
    const deviceClass = this.#input.deviceClass(className);
    if (deviceClass === undefined) return false;
    if (!adminAccess && (device.taints ?? []).some((taint) => repels(taint, tolerations))) return false;
    if (consumedOf(device, capacity) === undefined) return false;
    return selects(deviceClass.spec.selectors ?? [], driver, device) && selects(selectors, driver, device);
  }

  #isFree({ alternative, device, parts }: Chosen): boolean {
    if (parts !== undefined && !alternative.adminAccess) {
      const isUsed = this.#capacities.isUsed(device.key);
      return this.#capacities.has(device.key, device.device, parts) && (isUsed || this.#counters.has(device));
    }
    const here = this.#chosen.filter((other) => other.device.key === device.key);
    if (alternative.adminAccess) return here.every((other) => other.alternative.claim !== alternative.claim);
    if (this.#input.taken.has(device.key) || here.some((other) => !other.alternative.adminAccess)) return false;
    return this.#counters.has(device);
  }

  /** With the devices that the claim has already, each of its constraints that means the request holds. */
  #holds({ request, alternative, device }: Chosen): boolean {
    const { constraints = [] } = request.claim.spec.devices;
    return constraints
      .filter((constraint) => means(constraint, alternative.name))
      .every((constraint) => {
        const name = constraint.matchAttribute ?? constraint.distinctAttribute ?? '';
        const value = attributeOf(device, name);
        if (value === undefined) return false;
        const others = this.#chosen
          .filter((other) => other.request.claim === request.claim && means(constraint, other.alternative.name))
          .map((other) => attributeOf(other.device, name));
        return constraint.matchAttribute === undefined
          ? others.every((other) => other !== value)
          : others.every((other) => other === value);
      });
  }
}

/** What devices of a pool take from counters that they share. */
class Counters {
  readonly #left = new Map<string, number>();

  constructor(pools: readonly DevicePool[], isTaken: (key: string) => boolean) {
    for (const { key, counters, all } of pools) {
      for (const set of counters) {
        for (const [name, { value }] of Object.entries(set.counters)) {
          this.#left.set(`${key} ${set.name} ${name}`, quantityToNumber(parseQuantity(value)));
        }
      }
      for (const device of all) if (isTaken(device.key)) this.take(device, 1);
    }
  }

  has(device: PooledDevice): boolean {
    return consumed(device).every(([counter, amount]) => (this.#left.get(counter) ?? 0) >= amount);
  }

  /** `times`: 1 takes, -1 gives back. */
  take(device: PooledDevice, times: 1 | -1): void {
    for (const [counter, amount] of consumed(device)) {
      this.#left.set(counter, (this.#left.get(counter) ?? 0) - times * amount);
    }
  }
}

function consumed({ driver, pool, device }: PooledDevice): readonly (readonly [string, number])[] {
  return (device.consumesCounters ?? []).flatMap(({ counterSet, counters }) =>
    Object.entries(counters).map(
      ([name, { value }]) =>
        [`${driver}/${pool} ${counterSet} ${name}`, quantityToNumber(parseQuantity(value))] as const,
    ),
  );
}

function requestsOf(claim: ResourceClaim): readonly Request[] {
  return (claim.spec.devices.requests ?? []).map(({ name, exactly, firstAvailable = [] }) => {
    if (exactly !== undefined) {
      const admin = exactly.adminAccess === true;
      return { claim, alternatives: [alternativeOf(claim, name, { ...exactly, name }, admin)] };
    }
    const alternatives = firstAvailable.map((each) => alternativeOf(claim, `${name}/${each.name}`, each, false));
    return { claim, alternatives };
  });
}

function alternativeOf(
  claim: ResourceClaim,
  name: string,
  { deviceClassName, selectors = [], tolerations = [], allocationMode, count = 1, capacity }: DeviceSubRequest,
  adminAccess: boolean,
): Alternative {
  return {
    claim,
    name,
    className: deviceClassName,
    selectors,
    tolerations,
    adminAccess,
    capacity: capacity?.requests ?? {},
    count: allocationMode === 'All' ? undefined : count,
  };
}

function means({ requests = [] }: DeviceConstraint, name: string): boolean {
  return requests.length === 0 || requests.includes(name) || requests.includes(name.split('/')[0] ?? '');
}

/** A text that is equal for equal values. */
function attributeOf({ driver, device }: PooledDevice, wanted: string): string | undefined {
  const found = Object.entries(device.attributes ?? {}).find(([name]) => qualified(name, driver) === wanted);
  return found === undefined ? undefined : JSON.stringify(found[1]);
}

function repels({ key, value = '', effect }: DeviceTaint, tolerations: readonly DeviceToleration[]): boolean {
  if (effect !== 'NoSchedule' && effect !== 'NoExecute') return false;
  return !tolerations.some((toleration) => {
    if ((toleration.effect ?? '') !== '' && toleration.effect !== effect) return false;
    if ((toleration.key ?? '') !== '' && toleration.key !== key) return false;
    return toleration.operator === 'Exists' || ((toleration.key ?? '') === key && (toleration.value ?? '') === value);
  });
}

function resultOf(
  claim: ResourceClaim,
  chosen: readonly Chosen[],
  { deviceClass }: AllocateInput,
  node: Node,
): AllocationResult {
  const own = chosen.filter(({ request }) => request.claim === claim);
  const results = own.map(({ alternative, device, parts }): DeviceRequestAllocationResult => {
    const { name, adminAccess, tolerations } = alternative;
    const { bindingConditions = [], bindingFailureConditions = [] } = device.device;
    return {
      request: name,
      driver: device.driver,
      pool: device.pool,
      device: device.device.name,
      ...(adminAccess ? { adminAccess } : {}),
      ...(tolerations.length === 0 ? {} : { tolerations }),
      ...(bindingConditions.length === 0 ? {} : { bindingConditions }),
      ...(bindingFailureConditions.length === 0 ? {} : { bindingFailureConditions }),
      ...(parts === undefined || adminAccess ? {} : { shareID: randomUUID(), consumedCapacity: parts }),
    };
  });
  const byClass = [...new Map(own.map(({ alternative }) => [alternative.name, alternative.className]))].flatMap(
    ([request, className]) =>
      (deviceClass(className)?.spec.config ?? []).map((config) => ({
        ...config,
        source: 'FromClass',
        requests: [request],
      })),
  );
  const byClaim = (claim.spec.devices.config ?? [])
    .filter(
      ({ requests = [] }) =>
        requests.length === 0 || own.some(({ alternative }) => means({ requests }, alternative.name)),
    )
    .map((config) => ({ ...config, source: 'FromClaim' }));
  const config = [...byClass, ...byClaim];
  const bound = own.some(({ device }) => device.device.bindsToNode === true);
  const nodeSelector = bound
    ? onNode(node.metadata.name)
    : own.map(({ device }) => reachOf(device)).find((place) => place !== undefined);
  return {
    devices: { results, ...(config.length === 0 ? {} : { config }) },
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
  };
}
