/** The pod networks of nodes: /24 as usual, smaller ones where there are more nodes than the cluster's range has of these. */
import type { NodeRanges } from '../controllers/node-ipam/node-ranges.ts';
import { parseIpNetwork } from '../controllers/ip-network.ts';
import type { ClusterNetwork } from './cluster-network.ts';

const usualPrefix = 24;
const longestPrefix = 30;

export function nodeRangesFor(
  { podRange, serviceRange }: Pick<ClusterNetwork, 'podRange' | 'serviceRange'>,
  nodes: number,
): NodeRanges {
  const prefix = parseIpNetwork(podRange)?.prefix ?? 16;
  // Twice as many as there are: nodes come and go.
  const needed = prefix + Math.ceil(Math.log2(Math.max(1, 2 * nodes)));
  const maskSizeV4 = Math.min(longestPrefix, Math.max(usualPrefix, needed));
  return { clusterCidrs: [podRange], serviceCidrs: [serviceRange], maskSizeV4 };
}
