/**
 * What a pod asks of a node. Containers run side by side, so their requests add up; init containers run before them, one
 * at a time, beside the sidecars started so far, so the larger of the two phases counts. Requests of the whole pod
 * (spec.resources) stand in for the sum where they are given; the runtime's overhead comes on top.
 *
 * While a running pod is resized the most of what is wished, given and in effect counts, so that no room is given out twice;
 * a wish that the node can never meet does not.
 *
 * Units: cpu in thousandths, everything else in whole units.
 */
import type { Container, ContainerStatus, Pod } from '../api/groups/core.v1.ts';
import { parseQuantity, quantityToMilli, quantityToNumber } from '../api/quantity.ts';

export type Amounts = ReadonlyMap<string, number>;

/** What scoring takes a container for that asks for nothing, so that such pods spread too. */
const assumedCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

/** Requests without zeros. */
export function podRequests(pod: Pod): Amounts {
  const inEffect = statusesOf(pod);
  return totalOf(pod, (container) => withStatus(pod, amounts(container.resources.requests), inEffect.get(container)));
}

/** Cpu and memory as scoring sees them: never zero for a container that says nothing. */
export function podScoringRequests(pod: Pod): { readonly cpu: number; readonly memory: number } {
  const inEffect = statusesOf(pod);
  const total = totalOf(pod, (container) => {
    const given = new Map(withStatus(pod, amounts(container.resources.requests), inEffect.get(container)));
    if (!given.has('cpu')) given.set('cpu', assumedCpu);
    if (!given.has('memory')) given.set('memory', assumedMemory);
    return given;
  });
  return { cpu: total.get('cpu') ?? 0, memory: total.get('memory') ?? 0 };
}

/** Quantities by resource name as numbers. */
export function amounts(quantities: Readonly<Record<string, string>> | undefined): Amounts {
  const result = new Map<string, number>();
  for (const [name, text] of Object.entries(quantities ?? {})) result.set(name, amount(name, text));
  return result;
}

interface InEffect {
  readonly resources?: ContainerStatus['resources'];
  readonly allocatedResources?: ContainerStatus['allocatedResources'];
}

/** Of containers that can be resized. */
function statusesOf({ spec, status }: Pod): ReadonlyMap<Container, InEffect> {
  const known = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  if (known.length === 0) return new Map();
  const resizable = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
  return new Map(
    resizable.flatMap((container) => {
      const found = known.find(({ name }) => name === container.name);
      return found === undefined ? [] : [[container, found] as const];
    }),
  );
}

function withStatus({ status }: Pod, wished: Amounts, inEffect: InEffect | undefined): Amounts {
  const { requests } = inEffect?.resources ?? {};
  if (requests === undefined && inEffect?.allocatedResources === undefined) return wished;
  const isHopeless = status.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  const most = new Map(isHopeless === true ? [] : wished);
  raise(most, amounts(requests));
  raise(most, amounts(inEffect?.allocatedResources));
  return most;
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function totalOf(pod: Pod, of: (container: Container) => Amounts): Amounts {
  const { spec } = pod;
  const running = new Map<string, number>();
  for (const container of spec.containers) add(running, of(container));
  const sidecars = new Map<string, number>();
  const starting = new Map<string, number>();
  for (const container of spec.initContainers ?? []) {
    const own = of(container);
    if (isSidecar(container)) {
      add(running, own);
      add(sidecars, own);
      raise(starting, sidecars);
      continue;
    }
    const beside = new Map(sidecars);
    add(beside, own);
    raise(starting, beside);
  }
  raise(running, starting);
  if (spec.resources?.requests !== undefined) {
    for (const [name, value] of withStatus(pod, amounts(spec.resources.requests), pod.status)) running.set(name, value);
  }
  add(running, amounts(spec.overhead));
  for (const [name, value] of running) if (value === 0) running.delete(name);
  return running;
}

function add(to: Map<string, number>, other: Amounts): void {
  for (const [name, value] of other) to.set(name, (to.get(name) ?? 0) + value);
}

function raise(to: Map<string, number>, other: Amounts): void {
  for (const [name, value] of other) if (value > (to.get(name) ?? 0)) to.set(name, value);
}

/** Amounts repeat from pod to pod; the memory of their texts is cleared when it is full. */
const known = new Map<string, number>();
const maxKnown = 4096;

function amount(name: string, text: string): number {
  const key = name === 'cpu' ? `m${text}` : text;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const quantity = parseQuantity(text);
  const value = name === 'cpu' ? quantityToMilli(quantity) : quantityToNumber(quantity);
  if (known.size >= maxKnown) known.clear();
  known.set(key, value);
  return value;
}
