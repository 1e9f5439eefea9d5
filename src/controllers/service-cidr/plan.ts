/** Whether a range of Services' addresses may go, and what its status says. An address keeps it that no other range holds. */
import type { IPAddress, ServiceCIDR } from '../../api/groups/networking.v1.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition } from '../condition.ts';
import { contains, parseIp, parseIpNetwork, type IpNetwork } from '../ip-network.ts';
import { timeMs } from '../time.ts';

export const finalizer = 'networking.k8s.io/service-cidr-finalizer';
/** So long servers may go on to give addresses of a range that is being deleted. */
const graceMs = 10_000;

export interface Observed {
  readonly range: ServiceCIDR;
  readonly others: readonly ServiceCIDR[];
  readonly addresses: readonly IPAddress[];
  readonly nowMs: number;
}

export type Plan =
  | { readonly action: 'release' | 'hold' }
  | { readonly action: 'wait'; readonly afterMs: number }
  | { readonly action: 'report'; readonly status: ServiceCIDR['status'] }
  | { readonly action: 'none' };

export function planServiceCidr(observed: Observed): Plan {
  const { range, nowMs } = observed;
  const { deletionTimestamp, finalizers = [] } = range.metadata;
  const isHeld = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) {
    if (!isHeld) return { action: 'hold' };
    return report(range, nowMs, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' });
  }
  if (!isHeld) return { action: 'none' };
  if (isNeeded(observed)) {
    return report(range, nowMs, {
      status: 'False',
      reason: 'Terminating',
      message:
        'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
    });
  }
  const afterMs = (timeMs(deletionTimestamp) ?? 0) + graceMs - nowMs;
  return afterMs > 0 ? { action: 'wait', afterMs } : { action: 'release' };
}

interface Ready {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

function report({ status }: ServiceCIDR, nowMs: number, ready: Ready): Plan {
  const known = findCondition(status.conditions, 'Ready');
  if (known !== undefined && known.status === ready.status) return { action: 'none' };
  const condition = { type: 'Ready', ...ready, lastTransitionTime: formatTime(nowMs) };
  const rest = (status.conditions ?? []).filter(({ type }) => type !== 'Ready');
  return { action: 'report', status: { conditions: [...rest, condition] } };
}

function isNeeded({ range, others, addresses }: Observed): boolean {
  const own = networksOf(range);
  const remaining = others.filter(({ metadata }) => metadata.deletionTimestamp === undefined).flatMap(networksOf);
  return addresses.some(({ metadata }) => {
    const address = namedAddress(metadata.name);
    const within = (networks: readonly IpNetwork[]) =>
      address !== undefined && networks.some((network) => contains(network, address));
    return within(own) && !within(remaining);
  });
}

export function networksOf({ spec }: ServiceCIDR): readonly IpNetwork[] {
  return (spec.cidrs ?? []).map(parseIpNetwork).filter((network) => network !== undefined);
}

/** IPAddress objects are named after what they are. */
export function namedAddress(name: string): IpNetwork | undefined {
  const ip = parseIp(name);
  return ip === undefined ? undefined : { family: ip.family, base: ip.number, prefix: ip.family === 'IPv4' ? 32 : 128 };
}
