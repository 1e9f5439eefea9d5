/**
 * How long kubelets may keep secrets and config maps that pods use before they ask for them again, by the size of the cluster:
 * the more nodes, the more seldom. Neighbouring steps overlap, so that a cluster whose size goes up and down by a few nodes
 * does not have all its nodes written anew each time.
 */

export const ttlAnnotation = 'node.alpha.kubernetes.io/ttl';

interface Step {
  readonly nodesMin: number;
  readonly nodesMax: number;
  readonly seconds: number;
}

const steps: readonly Step[] = [
  { nodesMin: 0, nodesMax: 100, seconds: 0 },
  { nodesMin: 90, nodesMax: 500, seconds: 15 },
  { nodesMin: 450, nodesMax: 1000, seconds: 30 },
  { nodesMin: 900, nodesMax: 2000, seconds: 60 },
  { nodesMin: 1800, nodesMax: 10_000, seconds: 300 },
  { nodesMin: 9000, nodesMax: Infinity, seconds: 600 },
];

/** The seconds for a cluster of so many nodes in which `current` seconds held until now. */
export function planTtl(nodes: number, current: number): number {
  const now = steps.find(({ seconds }) => seconds === current);
  if (now !== undefined && nodes >= now.nodesMin && nodes <= now.nodesMax) return current;
  const shrinking = now !== undefined && nodes < now.nodesMin;
  const fits = ({ nodesMin, nodesMax }: Step): boolean => (shrinking ? nodes >= nodesMin : nodes <= nodesMax);
  return ((shrinking ? steps.findLast(fits) : steps.find(fits)) ?? steps[0]!).seconds;
}
