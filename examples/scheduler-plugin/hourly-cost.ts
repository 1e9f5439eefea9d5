/**
 * A scheduling plugin of your own. Nodes bear what they cost (a label), pods may say what they will pay (an annotation):
 *
 *   filter   nodes that cost more than the pod will pay refuse it
 *   score    of the others the cheapest is best, as much as the weight in the configuration says
 *
 * scheduler.yaml beside this file names it; start with: slipway scheduler --config examples/scheduler-plugin/scheduler.yaml
 */
import type { Node, Pod } from '../../src/api/groups/core.v1.ts';
import type { JsonObject } from '../../src/api/schema.ts';
import { normalizeToHighest, type Plugin } from '../../src/scheduler/framework.ts';

const annotation = 'example.com/max-hourly-cost';
const tooExpensive = { reasons: ['node(s) cost more than the pod will pay'], preemptible: false };

function hourlyCost(args: JsonObject | undefined): Plugin {
  const label = typeof args?.['label'] === 'string' ? args['label'] : 'example.com/hourly-cost';
  const costOf = (node: Node | undefined): number => Number(node?.metadata.labels?.[label] ?? 0);
  return {
    name: 'HourlyCost',
    // After these changes a pod that was refused here is tried again.
    helpedBy: ['node added', 'node labels changed', 'pod changed'],
    preFilter({ pod }, table) {
      const most = mostPaid(pod);
      if (most === undefined) return { type: 'skip' };
      return { type: 'filter', filter: (row) => (costOf(table.node(row)) > most ? tooExpensive : undefined) };
    },
    preScore: (_pod, table) => ({
      score: (row) => costOf(table.node(row)) * 1000,
      normalize: normalizeToHighest(true),
    }),
  };
}

function mostPaid({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[annotation];
  return text === undefined ? undefined : Number(text);
}

export default { HourlyCost: hourlyCost };
