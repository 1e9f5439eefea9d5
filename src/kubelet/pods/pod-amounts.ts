/** What a pod asks for and may use altogether. Init containers run one after the other, beside the sidecars started so far. */
import type { Container, Pod } from '../../api/groups/core.v1.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../api/quantity.ts';

type Amounts = Readonly<Record<string, string>>;

export interface PodAmounts {
  readonly requests: Amounts;
  /** Only of what every container limits. */
  readonly limits: Amounts;
}

export function podAmounts(pod: Pod): PodAmounts {
  const { spec } = pod;
  const requests = total(pod, ({ resources }) => ({ ...resources.limits, ...resources.requests }));
  const limits = total(pod, ({ resources }) => resources.limits ?? {});
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const isBounded = (name: string): boolean => all.every(({ resources }) => resources.limits?.[name] !== undefined);
  const overhead = parsed(spec.overhead ?? {});
  add(requests, overhead);
  const own = Object.fromEntries([...limits].filter(([name]) => isBounded(name)));
  const bounded = new Map(Object.entries(own));
  add(bounded, new Map([...overhead].filter(([name]) => bounded.has(name))));
  return {
    requests: { ...printed(requests), ...spec.resources?.requests },
    limits: { ...printed(bounded), ...spec.resources?.limits },
  };
}

function total(pod: Pod, of: (container: Container) => Amounts): Map<string, Quantity> {
  const sum = new Map<string, Quantity>();
  for (const container of pod.spec.containers) add(sum, parsed(of(container)));
  const sidecars = new Map<string, Quantity>();
  const most = new Map<string, Quantity>();
  for (const container of pod.spec.initContainers ?? []) {
    const own = parsed(of(container));
    if (container.restartPolicy === 'Always') {
      add(sum, own);
      add(sidecars, own);
      raise(most, sidecars);
    } else {
      const together = new Map(sidecars);
      add(together, own);
      raise(most, together);
    }
  }
  raise(sum, most);
  return sum;
}

function add(to: Map<string, Quantity>, other: ReadonlyMap<string, Quantity>): void {
  for (const [name, value] of other) {
    const known = to.get(name);
    to.set(name, known === undefined ? value : addQuantities(known, value));
  }
}

function raise(to: Map<string, Quantity>, other: ReadonlyMap<string, Quantity>): void {
  for (const [name, value] of other) {
    const known = to.get(name);
    if (known === undefined || compareQuantities(value, known) > 0) to.set(name, value);
  }
}

function parsed(amounts: Amounts): Map<string, Quantity> {
  return new Map(Object.entries(amounts).map(([name, text]) => [name, parseQuantity(text)]));
}

function printed(amounts: ReadonlyMap<string, Quantity>): Amounts {
  return Object.fromEntries([...amounts].map(([name, value]) => [name, formatQuantity(value)]));
}
