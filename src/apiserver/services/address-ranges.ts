/** From which addresses Services are given theirs: the range of the server, and those that ServiceCIDRs add. */
import type { ServiceCIDR } from '../../api/groups/networking.v1.ts';
import { ServiceCIDRs } from '../../api/resources.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { parseRange, type AddressRange } from './address-range.ts';

/** `given` first; of the others those that stay and of which nobody has said that they are not ready. */
export function addressRanges(given: AddressRange, served: ServedResources): readonly AddressRange[] {
  const { cache } = served.of(ServiceCIDRs);
  const added = cache.list(cache.prefix).flatMap(({ object }) => {
    const { metadata, spec, status } = object as unknown as ServiceCIDR;
    const isReady = (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';
    if (!isReady || metadata.deletionTimestamp !== undefined) return [];
    return (spec?.cidrs ?? []).filter((cidr) => cidr !== given.text).flatMap(usable);
  });
  return [given, ...added];
}

/** Addresses of the other family, and networks too small or too large to choose from, are not given out. */
function usable(cidr: string): readonly AddressRange[] {
  const bits = Number(cidr.split('/')[1]);
  return cidr.includes(':') || bits < 8 || bits > 30 ? [] : [parseRange(cidr)];
}
