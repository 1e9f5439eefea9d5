/** Topology domains: the nodes that share a value of a label, and sums of counters over them. */
import type { NodeTable } from './node-table.ts';

export interface DomainSums {
  /** The sum of the row's domain; 0 for a row without the label. */
  of(row: number): number;
  /** Whether the row has the label. */
  has(row: number): boolean;
  /** Of the domains that have a row that was summed. */
  readonly lowest: number;
  readonly size: number;
  readonly total: number;
}

/** Sums over the live rows that are counted; all of them unless given. */
export function sumByDomain(
  table: NodeTable,
  topologyKey: string,
  counts: Int32Array,
  counted: (row: number) => boolean = () => true,
): DomainSums {
  const domains = table.label(topologyKey);
  const sums = new Map<number, number>();
  let total = 0;
  for (const row of table.live) {
    const domain = domains[row] ?? 0;
    if (domain === 0 || !counted(row)) continue;
    const count = counts[row] ?? 0;
    sums.set(domain, (sums.get(domain) ?? 0) + count);
    total += count;
  }
  return {
    of: (row) => sums.get(domains[row] ?? 0) ?? 0,
    has: (row) => (domains[row] ?? 0) !== 0,
    lowest: sums.size === 0 ? 0 : Math.min(...sums.values()),
    size: sums.size,
    total,
  };
}
