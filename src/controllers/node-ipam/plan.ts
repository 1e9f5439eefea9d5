/** Whether a node needs networks for its pods, and which. */
import type { Node } from '../../api/groups/core.v1.ts';
import type { EventNote } from '../controller.ts';
import type { RangeAllocator } from './range-allocator.ts';

export const cidrsOf = ({ spec }: Node): readonly string[] => {
  const { podCIDR = '', podCIDRs = [] } = spec;
  return podCIDRs.length > 0 ? podCIDRs : podCIDR === '' ? [] : [podCIDR];
};

/** One out of each range, or undefined when one of them has none left; then nothing is taken. */
export function takeCidrs(ranges: readonly RangeAllocator[]): readonly string[] | undefined {
  const taken: string[] = [];
  for (const range of ranges) {
    const cidr = range.take();
    if (cidr === undefined) {
      taken.forEach((one, i) => ranges[i]?.release(one));
      return undefined;
    }
    taken.push(cidr);
  }
  return taken;
}

export function noteOf({ metadata }: Node, reason: 'CIDRNotAvailable' | 'CIDRAssignmentFailed'): EventNote {
  return { type: 'Normal', reason, message: `Node ${metadata.name} status is now: ${reason}` };
}
