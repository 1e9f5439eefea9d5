/** What the containers of a pod ask for together: all that run at once, or the hungriest step before them. */
import type { Container, PodSpec } from '../../groups/core.v1.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';

type Part = Pick<PodSpec, 'containers' | 'initContainers'>;

/** undefined: no container asks for the resource. */
export function aggregateRequest({ containers, initContainers }: Part, resource: string): string | undefined {
  let sidecars: Quantity | undefined;
  let peak: Quantity | undefined;
  for (const container of initContainers ?? []) {
    const request = requestOf(container, resource);
    if (request === undefined) continue;
    const beside = plus(sidecars, request);
    if (container.restartPolicy === 'Always') sidecars = beside;
    peak = larger(peak, beside);
  }
  let running = sidecars;
  for (const container of containers ?? []) {
    const request = requestOf(container, resource);
    if (request !== undefined) running = plus(running, request);
  }
  const total = running === undefined ? peak : larger(peak, running);
  return total === undefined ? undefined : formatQuantity(total);
}

function requestOf({ resources }: Container, resource: string): Quantity | undefined {
  const text = resources?.requests?.[resource];
  return text === undefined ? undefined : parseQuantity(text);
}

function plus(a: Quantity | undefined, b: Quantity): Quantity {
  return a === undefined ? b : addQuantities(a, b);
}

function larger(a: Quantity | undefined, b: Quantity): Quantity {
  return a !== undefined && compareQuantities(a, b) > 0 ? a : b;
}
