/** How many addresses and node ports Services have, and how many are left. Read off when metrics are read. */
import type { Registry } from '../../base/metrics.ts';

/** 1 ms, doubled eleven times. */
const allocationSeconds = Array.from({ length: 12 }, (_, index) => 0.001 * 2 ** index);

export interface Allocated {
  /** By range in CIDR notation. */
  readonly ranges: readonly { readonly cidr: string; readonly used: number; readonly free: number }[];
  readonly ports: { readonly used: number; readonly free: number };
}

export interface AllocatorMetrics {
  /** `scope`: whether the address was asked for by name. */
  allocated(cidr: string, scope: 'static' | 'dynamic', seconds: number): void;
  /** Where the figures of the present come from. */
  readonly follow: (read: () => Allocated) => void;
}

export function createAllocatorMetrics(registry: Registry): AllocatorMetrics {
  const prefix = 'kube_apiserver_clusterip_allocator';
  const labels = ['cidr'];
  const used = registry.gauge({ name: `${prefix}_allocated_ips`, help: 'Addresses that Services have', labels });
  const free = registry.gauge({ name: `${prefix}_available_ips`, help: 'Addresses that are left', labels });
  const total = registry.counter({
    name: `${prefix}_allocation_total`,
    help: 'Addresses given to Services',
    labels: ['cidr', 'scope'],
  });
  const durations = registry.histogram({
    name: `${prefix}_allocation_duration_seconds`,
    help: 'Time to find an address for a Service',
    labels,
    buckets: allocationSeconds,
  });
  const ports = 'kube_apiserver_nodeport_allocator';
  const usedPorts = registry.gauge({ name: `${ports}_allocated_ports`, help: 'Node ports that Services have' });
  const freePorts = registry.gauge({ name: `${ports}_available_ports`, help: 'Node ports that are left' });
  return {
    allocated(cidr, scope, seconds) {
      total.of(cidr, scope).add();
      durations.of(cidr).observe(seconds);
    },
    follow(read) {
      registry.collect(() => {
        const now = read();
        used.clear();
        free.clear();
        for (const range of now.ranges) {
          used.of(range.cidr).set(range.used);
          free.of(range.cidr).set(range.free);
        }
        usedPorts.of().set(now.ports.used);
        freePorts.of().set(now.ports.free);
      });
    },
  };
}
