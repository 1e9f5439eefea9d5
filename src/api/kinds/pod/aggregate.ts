/** What the containers of a pod ask for together: all that run at once, or the hungriest step before them. */
import type { Container, PodSpec } from '../../groups/core.v1.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';

type Part = Pick<PodSpec, 'containers' | 'initContainers'>;

/** undefined: no container asks for the resource. */
export function aggregateRequest(part: Part, resource: string): string | undefined {
  const total = aggregateAmount(part, 'requests', resource);
  return total === undefined ? undefined : formatQuantity(total);
}

/** The same of requests or of limits. */
export function aggregateAmount(
  { containers, initContainers }: Part,
  of: 'requests' | 'limits',
  resource: string,
): Quantity | undefined {
  let sidecars: Quantity | undefined;
  let peak: Quantity | undefined;
  for (const container of initContainers ?? []) {
    const amount = amountOf(container, of, resource);
    if (amount === undefined) continue;
    const beside = plus(sidecars, amount);
    if (container.restartPolicy === 'Always') sidecars = beside;
    peak = larger(peak, beside);
  }
  let running = sidecars;
  for (const container of containers ?? []) {
    const amount = amountOf(container, of, resource);
    if (amount !== undefined) running = plus(running, amount);
  }
  return running === undefined ? peak : larger(peak, running);
}

function amountOf({ resources }: Container, of: 'requests' | 'limits', resource: string): Quantity | undefined {
  const text = resources?.[of]?.[resource];
  return text === undefined ? undefined : parseQuantity(text);
}

function plus(a: Quantity | undefined, b: Quantity): Quantity {
  return a === undefined ? b : addQuantities(a, b);
}

function larger(a: Quantity | undefined, b: Quantity): Quantity {
  return a !== undefined && compareQuantities(a, b) > 0 ? a : b;
}
