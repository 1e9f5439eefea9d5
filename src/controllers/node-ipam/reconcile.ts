/**
 * Gives every node the networks of its pods, once. A node that came with networks of its own keeps them. What is taken is kept
 * in memory, from what nodes say and from what was written and has not come back yet.
 */
import { isApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { readNodeRanges, type NodeRanges } from './node-ranges.ts';
import { cidrsOf, noteOf, takeCidrs } from './plan.ts';
import { RangeAllocator } from './range-allocator.ts';

/** @throws RangeError for ranges that nothing can be given from. */
export function nodeIpamController(given: NodeRanges): Controller {
  const parsed = readNodeRanges(given);
  return {
    name: 'node-ipam-controller',
    alias: 'nodeipam',
    eventSource: 'cidrAllocator',
    start({ informer, enqueue }) {
      const ranges = parsed.map((range) => new RangeAllocator(range));
      const nodes = informer(Nodes);
      /** By node: what counts as taken for it. */
      const held = new Map<string, readonly string[]>();
      /** Nodes for which nothing was left. */
      const waiting = new Set<string>();
      const hold = (name: string, cidrs: readonly string[]): void => {
        const before = held.get(name) ?? [];
        if (before.join() === cidrs.join()) return;
        for (const range of ranges) for (const cidr of cidrs) range.occupy(cidr);
        for (const range of ranges) for (const cidr of before) range.release(cidr);
        if (cidrs.length === 0) held.delete(name);
        else held.set(name, cidrs);
      };
      nodes.onChange(({ type, object }) => {
        const { name } = object.metadata;
        const cidrs = type === 'deleted' ? [] : cidrsOf(object);
        // A write under way is not taken back by an older copy.
        if (type === 'deleted' || cidrs.length > 0) hold(name, cidrs);
        if (cidrs.length === 0) enqueue(name);
        if (type === 'deleted') for (const one of waiting) enqueue(one);
      });
      return async (name, run) => {
        const node = nodes.get(undefined, name);
        waiting.delete(name);
        if (node === undefined) return hold(name, []);
        if (cidrsOf(node).length > 0 || node.metadata.deletionTimestamp !== undefined) return;
        const cidrs = held.get(name) ?? takeCidrs(ranges);
        if (cidrs === undefined) {
          waiting.add(name);
          run.note(node, noteOf(node, 'CIDRNotAvailable'));
          throw new Error(
            'CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range',
          );
        }
        held.set(name, cidrs);
        try {
          await run.client.patch(Nodes, { name }, { type: 'merge', value: patchOf(node, cidrs) });
        } catch (error) {
          if (isApiError(error, 'NotFound')) return hold(name, []);
          run.note(node, noteOf(node, 'CIDRAssignmentFailed'));
          throw error;
        }
      };
    },
  };
}

function patchOf({ metadata }: Node, podCIDRs: readonly string[]) {
  return { metadata: { uid: metadata.uid }, spec: { podCIDR: podCIDRs[0] ?? '', podCIDRs } };
}
