/**
 * What a pod asks for as a whole: its containers run together beside the sidecars that started before them; each step of
 * initialisation runs alone beside the sidecars so far. Amounts that the pod itself states go before these sums.
 */
import type { Container, PodSpec } from '../../api/groups/core.v1.ts';
import { addQuantities, compareQuantities, type Quantity } from '../../api/quantity.ts';
import { readAmounts, type Amounts, type Demand } from './limits.ts';

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
    const beside = plus(sidecars, containerDemand(container)[part]);
    if (container.restartPolicy === 'Always') sidecars = beside;
    peak = largest(peak, beside);
  }
  const running = (spec.containers ?? []).reduce((sum, one) => plus(sum, containerDemand(one)[part]), sidecars);
  const total = { ...largest(peak, running), ...readAmounts(spec.resources?.[part]) };
  // A limit that nobody set stays unset, whatever the runtime costs.
  const counted = part === 'requests' ? overhead : pick(overhead, total);
  return plus(total, counted);
}

function plus(a: Amounts, b: Amounts): Amounts {
  return merge(a, b, (x, y) => ({ ...addQuantities(x, y) }));
}

function largest(a: Amounts, b: Amounts): Amounts {
  return merge(a, b, (x, y) => (compareQuantities(x, y) >= 0 ? x : y));
}

function merge(a: Amounts, b: Amounts, both: (x: Quantity, y: Quantity) => Quantity): Amounts {
  const merged: Record<string, Quantity> = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const known = merged[name];
    merged[name] = known === undefined ? amount : both(known, amount);
  }
  return merged;
}

const pick = (amounts: Amounts, names: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => names[name] !== undefined));
