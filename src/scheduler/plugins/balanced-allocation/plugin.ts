/** Prefers nodes on which the shares of resources that are taken lie close together, so that none is stranded. */
import { maxScore, type Plugin, type Rows } from '../../framework.ts';
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
      return {
        score: (row) => Math.trunc((1 - deviation(uses, row)) * maxScore),
        fill: (rows, scores) => {
          const [a, b] = uses;
          if (uses.length === 2 && a !== undefined && b !== undefined) return fillForTwo(a, b, rows, scores);
          for (let at = 0; at < rows.length; at++) {
            scores[at] = Math.trunc((1 - deviation(uses, rows[at] ?? 0)) * maxScore);
          }
        },
      };
    },
  };
}

export const balancedAllocation = balancedAllocationWith({});

/** The standard deviation of the shares that are taken. */
function deviation(uses: readonly ResourceUse[], row: number): number {
  const shares: number[] = [];
  for (const use of uses) if ((use.allocatable[row] ?? 0) > 0) shares.push(share(use, row));
  const [a = 0, b = 0] = shares;
  if (shares.length < 2) return 0;
  if (shares.length === 2) return Math.abs((a - b) / 2);
  const mean = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  return Math.sqrt(shares.reduce((sum, each) => sum + (each - mean) ** 2, 0) / shares.length);
}

/** The usual case. */
function fillForTwo(a: ResourceUse, b: ResourceUse, rows: Rows, scores: Float64Array): void {
  const { allocatable: totalA, requested: takenA, own: ownA } = a;
  const { allocatable: totalB, requested: takenB, own: ownB } = b;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    const allA = totalA[row] ?? 0;
    const allB = totalB[row] ?? 0;
    const shareA = Math.min(1, ((takenA[row] ?? 0) + ownA) / allA);
    const shareB = Math.min(1, ((takenB[row] ?? 0) + ownB) / allB);
    const apart = allA === 0 || allB === 0 ? 0 : Math.abs((shareA - shareB) / 2);
    scores[at] = Math.trunc((1 - apart) * maxScore);
  }
}

function share({ allocatable, requested, own }: ResourceUse, row: number): number {
  return Math.min(1, ((requested[row] ?? 0) + own) / (allocatable[row] ?? 0));
}
