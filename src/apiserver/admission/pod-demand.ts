/**
 * What a pod asks for as a whole: its containers run together beside the sidecars that started before them; each step of
 * initialisation runs alone beside the sidecars so far. Amounts that the pod itself states go before these sums.
 */
import type { Container, PodSpec } from '../../api/groups/core.v1.ts';
import { addAmounts, largestAmounts, pickAmounts, readAmounts, type Amounts, type Demand } from './amounts.ts';

type Part = 'requests' | 'limits';

/** `overhead`: what the runtime class adds is counted too. */
export function podDemand(spec: PodSpec, overhead: boolean): Demand {
  const extra = overhead ? readAmounts(spec.overhead) : {};
  return { requests: partOf(spec, 'requests', extra), limits: partOf(spec, 'limits', extra) };
}

export function containerDemand({ resources }: Pick<Container, 'resources'>): Demand {
  return { requests: readAmounts(resources?.requests), limits: readAmounts(resources?.limits) };
}

function partOf(spec: PodSpec, part: Part, overhead: Amounts): Amounts {
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const beside = addAmounts(sidecars, containerDemand(container)[part]);
    if (container.restartPolicy === 'Always') sidecars = beside;
    peak = largestAmounts(peak, beside);
  }
  const running = (spec.containers ?? []).reduce((sum, one) => addAmounts(sum, containerDemand(one)[part]), sidecars);
  const total = { ...largestAmounts(peak, running), ...readAmounts(spec.resources?.[part]) };
  // A limit that nobody set stays unset, whatever the runtime costs.
  const counted = part === 'requests' ? overhead : pickAmounts(overhead, (name) => total[name] !== undefined);
  return addAmounts(total, counted);
}
