/**
 * How full a node would be with the pod on it, resource by resource, and what that is worth.
 *
 * Cpu and memory count as scoring assumes them (PodInfo.scoring); a pod that does not ask for an extended resource is
 * not judged by it.
 */
import { maxScore, type RowScore, type Rows } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}

export interface ShapePoint {
  /** Percent, from 0 to 100. */
  readonly utilization: number;
  /** From 0 to 10. */
  readonly score: number;
}

export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly WeightedResource[] }
  | {
      readonly type: 'RequestedToCapacityRatio';
      readonly resources: readonly WeightedResource[];
      /** By rising utilization. */
      readonly shape: readonly ShapePoint[];
    };

/** One resource of all nodes as columns by row, and what the pod would add to it. */
export interface ResourceUse {
  readonly weight: number;
  readonly allocatable: Float64Array;
  readonly requested: Float64Array;
  readonly own: number;
}

export const cpuAndMemory: readonly WeightedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** `assumed`: count cpu and memory as scoring assumes them; otherwise what was really asked for. */
export function resourceUses(
  resources: readonly WeightedResource[],
  { requests, scoring }: PodInfo,
  table: NodeTable,
  assumed: boolean,
): readonly ResourceUse[] {
  return resources.flatMap(({ name, weight }) => {
    const { allocatable, requested } = table.resource(name);
    if (assumed && name === 'cpu') return [{ weight, allocatable, requested: table.scoringCpu, own: scoring.cpu }];
    if (assumed && name === 'memory') {
      return [{ weight, allocatable, requested: table.scoringMemory, own: scoring.memory }];
    }
    const own = requests.get(name) ?? 0;
    return own === 0 && isScalarResource(name) ? [] : [{ weight, allocatable, requested, own }];
  });
}

/** A resource that only some nodes have: named with a domain, and not one of Kubernetes' own. */
export function isScalarResource(name: string): boolean {
  return name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

export function scoreByStrategy(strategy: ScoringStrategy, pod: PodInfo, table: NodeTable): RowScore {
  const uses = resourceUses(strategy.resources, pod, table, true);
  switch (strategy.type) {
    case 'LeastAllocated':
      return {
        score: (row) => average(uses, row, leastAllocated),
        fill: (rows, scores) => {
          const [a, b] = uses;
          if (uses.length === 2 && a !== undefined && b !== undefined) return fillLeastOfTwo(a, b, rows, scores);
          for (let at = 0; at < rows.length; at++) scores[at] = average(uses, rows[at] ?? 0, leastAllocated);
        },
      };
    case 'MostAllocated':
      return { score: (row) => average(uses, row, mostAllocated) };
    case 'RequestedToCapacityRatio': {
      const { shape } = strategy;
      return { score: (row) => averageOfShaped(uses, row, shape) };
    }
  }
}

function average(
  uses: readonly ResourceUse[],
  row: number,
  rate: (requested: number, allocatable: number) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (let at = 0; at < uses.length; at++) {
    const { allocatable, requested, own, weight } = uses[at] as ResourceUse;
    const total = allocatable[row] ?? 0;
    if (total === 0) continue;
    sum += rate((requested[row] ?? 0) + own, total) * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights);
}

/** `average` of `leastAllocated` for two resources, the usual case: without a call for each row. */
function fillLeastOfTwo(a: ResourceUse, b: ResourceUse, rows: Rows, scores: Float64Array): void {
  const { allocatable: totalA, requested: takenA, own: ownA, weight: weightA } = a;
  const { allocatable: totalB, requested: takenB, own: ownB, weight: weightB } = b;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    const allA = totalA[row] ?? 0;
    const allB = totalB[row] ?? 0;
    const scoreA = allA === 0 ? 0 : leastAllocated((takenA[row] ?? 0) + ownA, allA) * weightA;
    const scoreB = allB === 0 ? 0 : leastAllocated((takenB[row] ?? 0) + ownB, allB) * weightB;
    const weights = (allA === 0 ? 0 : weightA) + (allB === 0 ? 0 : weightB);
    scores[at] = weights === 0 ? 0 : Math.trunc((scoreA + scoreB) / weights);
  }
}

function leastAllocated(requested: number, allocatable: number): number {
  return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxScore) / allocatable);
}

function mostAllocated(requested: number, allocatable: number): number {
  return Math.trunc((Math.min(requested, allocatable) * maxScore) / allocatable);
}

/** Resources that are worth nothing do not pull the others down. */
function averageOfShaped(uses: readonly ResourceUse[], row: number, shape: readonly ShapePoint[]): number {
  let sum = 0;
  let weights = 0;
  for (const { allocatable, requested, own, weight } of uses) {
    const total = allocatable[row] ?? 0;
    if (total === 0) continue;
    const score = onShape(utilization((requested[row] ?? 0) + own, total), shape);
    if (score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : Math.round(sum / weights);
}

function utilization(requested: number, allocatable: number): number {
  return requested > allocatable ? 100 : Math.trunc((requested * 100) / allocatable);
}

const shapeScale = maxScore / 10;

/** Along straight lines between the points, level before the first and after the last. */
function onShape(at: number, shape: readonly ShapePoint[]): number {
  let before: ShapePoint | undefined;
  for (const point of shape) {
    if (at <= point.utilization) {
      if (before === undefined) return point.score * shapeScale;
      const rise = (point.score - before.score) * shapeScale * (at - before.utilization);
      return before.score * shapeScale + Math.trunc(rise / (point.utilization - before.utilization));
    }
    before = point;
  }
  return (before?.score ?? 0) * shapeScale;
}
