/** Prefers nodes on which the shares of resources that are taken lie close together, so that none is stranded. */
import { maxScore, type Plugin } from '../../framework.ts';
import { cpuAndMemory, resourceUses, type ResourceUse, type WeightedResource } from '../../resource-scoring.ts';

export interface BalancedAllocationArgs {
  readonly resources?: readonly WeightedResource[] | undefined;
}

export function balancedAllocationWith({ resources = cpuAndMemory }: BalancedAllocationArgs): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    helpedBy: [],
    preScore(pod, table) {
      // Pods that ask for nothing would all go to the same, well balanced node.
      if (resources.every(({ name }) => (pod.requests.get(name) ?? 0) === 0)) return undefined;
      const uses = resourceUses(resources, pod, table, false);
      return { score: (row) => Math.trunc((1 - deviation(uses, row)) * maxScore) };
    },
  };
}

export const balancedAllocation = balancedAllocationWith({});

/** The standard deviation of the shares that are taken. */
function deviation(uses: readonly ResourceUse[], row: number): number {
  const shares: number[] = [];
  for (const use of uses) {
    const allocatable = use.allocatable(row);
    if (allocatable > 0) shares.push(Math.min(1, use.requested(row) / allocatable));
  }
  const [a = 0, b = 0] = shares;
  if (shares.length < 2) return 0;
  if (shares.length === 2) return Math.abs((a - b) / 2);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length);
}
