/** The devices that a node can reach, pool by pool; of each pool only the slices of its latest generation count. */
import type { Node, NodeSelector } from '../../../api/groups/core.v1.ts';
import type { CounterSet, Device, ResourceSlice } from '../../../api/groups/resource.v1.ts';
import { matchesAnyTerm } from '../node-affinity/node-selector.ts';

export interface PooledDevice {
  /** `driver/pool/device`. */
  readonly key: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: Device;
  readonly slice: ResourceSlice;
}

export interface DevicePool {
  /** `driver/pool`. */
  readonly key: string;
  /** All slices of the generation are there. */
  readonly complete: boolean;
  /** All devices, also those that the node cannot reach: they may share counters with others. */
  readonly all: readonly PooledDevice[];
  readonly counters: readonly CounterSet[];
}

export function poolsOf(slices: readonly ResourceSlice[]): readonly DevicePool[] {
  const byPool = new Map<string, ResourceSlice[]>();
  for (const slice of slices) {
    const { driver, pool } = slice.spec;
    const key = `${driver}/${pool.name}`;
    const [known] = byPool.get(key) ?? [];
    if (known === undefined || pool.generation > known.spec.pool.generation) byPool.set(key, [slice]);
    else if (pool.generation === known.spec.pool.generation) byPool.get(key)?.push(slice);
  }
  return [...byPool].map(([key, members]) => ({
    key,
    complete: members.length === members[0]?.spec.pool.resourceSliceCount,
    all: members.flatMap(devicesOf),
    counters: members.flatMap(({ spec }) => spec.sharedCounters ?? []),
  }));
}

export function isReachable({ slice, device }: PooledDevice, node: Node): boolean {
  const { spec } = slice;
  const place = spec.perDeviceNodeSelection === true ? device : spec;
  if (place.allNodes === true) return true;
  if (place.nodeName !== undefined) return place.nodeName === node.metadata.name;
  return place.nodeSelector !== undefined && matchesAnyTerm(node, place.nodeSelector.nodeSelectorTerms);
}

/** From which nodes a device can be used; undefined: from all. */
export function reachOf({ slice, device }: PooledDevice): NodeSelector | undefined {
  const place = slice.spec.perDeviceNodeSelection === true ? device : slice.spec;
  if (place.nodeName === undefined) return place.nodeSelector;
  return onNode(place.nodeName);
}

export function onNode(name: string): NodeSelector {
  return { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }] };
}

function devicesOf(slice: ResourceSlice): readonly PooledDevice[] {
  const { driver, pool, devices = [] } = slice.spec;
  return devices.map((device) => ({
    key: `${driver}/${pool.name}/${device.name}`,
    driver,
    pool: pool.name,
    device,
    slice,
  }));
}
