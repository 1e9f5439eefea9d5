/**
 * The subresource `resize`: processor and memory of a pod and of its containers may change while they run, and how each
 * takes the change. All else stays as it was.
 */
import { sameValue } from '../../equality.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { Container, PodSpec, ResourceRequirements, type Pod } from '../../groups/core.v1.ts';
import { isMirror } from './annotations.ts';
import { podQosClass } from './qos.ts';

const resizable = ['cpu', 'memory'];
const onlyResizable = 'only cpu and memory resources are mutable';
const noRestart = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';

/** The old spec with the resources of the wanted one; with containers added, removed or renamed, the wanted one itself. */
export function resizedSpec(wanted: PodSpec, old: PodSpec): PodSpec {
  for (const name of ['containers', 'initContainers'] as const) {
    if ((wanted[name] ?? []).length !== (old[name] ?? []).length) return wanted;
  }
  const containers = resizedContainers(wanted.containers ?? [], old.containers ?? []);
  const initContainers = resizedContainers(wanted.initContainers ?? [], old.initContainers ?? []);
  const { resources: _, ...rest } = old;
  return {
    ...rest,
    ...(wanted.resources === undefined ? {} : { resources: wanted.resources }),
    containers,
    ...(old.initContainers === undefined ? {} : { initContainers }),
  };
}

function resizedContainers(wanted: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (wanted.some(({ name }, index) => name !== old[index]?.name)) return wanted;
  return wanted.map(({ resources, resizePolicy }, index) => {
    const { resizePolicy: _, ...rest } = old[index] as Container;
    return { ...rest, resources, ...(resizePolicy === undefined ? {} : { resizePolicy }) };
  });
}

/** `errors`: those of the pod as it would be. */
export function podResizeErrors(pod: Pod, old: Pod, errors: readonly FieldError[]): readonly FieldError[] {
  if (isMirror(old)) return [forbidden('[]', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbidden('[]', 'windows pods cannot be resized')];
  const all: FieldError[] = [...errors];
  if (podQosClass(old.spec) !== podQosClass(pod.spec)) {
    const detail = 'Pod QOS Class may not change as a result of resizing';
    all.push(invalid('spec', pod.status.qosClass ?? '', detail));
  }
  if (!nodeCanResize(old)) all.push(forbidden('spec', 'Pod running on node without support for resize'));
  all.push(...podLevelErrors(pod.spec, old.spec));
  const order = orderErrors(pod.spec, old.spec);
  if (order.length > 0) return [...all, ...order];
  for (const name of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (old.spec[name] ?? []).entries()) {
      const wanted = pod.spec[name]?.[index]?.resources;
      all.push(...removedErrors(wanted, container.resources, `spec.${name}[${index}].resources`, 'resource'));
    }
  }
  all.push(...containerErrors(pod.spec, old.spec));
  if (all.length > 0) return all;
  return sameValue(PodSpec, withOldAmounts(pod.spec, old.spec), old.spec) ? [] : [forbidden('spec', onlyResizable)];
}

function podLevelErrors({ resources }: PodSpec, old: PodSpec): readonly FieldError[] {
  const field = 'spec.resources';
  if (!hasAmounts(old.resources ?? {}) && !hasAmounts(resources ?? {})) return [];
  if (old.resources != null && resources == null) return [forbidden(field, 'pod-level resources cannot be removed')];
  const errors = removedErrors(resources, old.resources, field, 'pod-level resource');
  return sameValue(ResourceRequirements, oldPodAmounts(resources, old.resources), old.resources)
    ? errors
    : [...errors, forbidden('spec', `${onlyResizable} at pod-level`)];
}

function orderErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((name) => {
    const wanted = spec[name] ?? [];
    const before = old[name] ?? [];
    if (wanted.length !== before.length) {
      return [forbidden(`spec.${name}`, `${name} may not be added or removed on resize`)];
    }
    return before.flatMap((container, index) =>
      wanted[index]?.name === container.name
        ? []
        : [forbidden(`spec.${name}[${index}].name`, `${name} may not be renamed or reordered on resize`)],
    );
  });
}

/** A node that tells nothing of the resources of what it runs knows no resizing. */
function nodeCanResize({ status }: Pod): boolean {
  const running = (status.containerStatuses ?? []).find(({ state }) => state?.running != null);
  return running === undefined || running.resources != null;
}

function removedErrors(
  wanted: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  field: string,
  what: string,
): readonly FieldError[] {
  return (['requests', 'limits'] as const)
    .filter((part) => Object.keys(old?.[part] ?? {}).some((name) => wanted?.[part]?.[name] === undefined))
    .map((part) => forbidden(`${field}.${part}`, `${what} ${part} cannot be removed`));
}

function containerErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const same = (container: Container, before: Container | undefined): boolean =>
    before !== undefined && sameValue(Container, withOldContainerAmounts(container, before), before);
  return [
    ...(spec.containers ?? [])
      .filter((container, index) => !same(container, old.containers?.[index]))
      .map(() => forbidden('spec', onlyResizable)),
    ...(spec.initContainers ?? []).flatMap((container, index) => {
      const before = old.initContainers?.[index];
      const field = `spec.initContainers[${index}]`;
      const errors: FieldError[] = same(container, before)
        ? []
        : [forbidden(field, 'only cpu and memory resources for init or sidecar containers are mutable')];
      const restarts = (container.resizePolicy ?? []).some(({ restartPolicy }) => restartPolicy === 'RestartContainer');
      const changed = !sameValue(Container, container, before);
      return changed && restarts && container.restartPolicy !== 'Always'
        ? [...errors, forbidden(field, noRestart)]
        : errors;
    }),
  ];
}

function withOldAmounts(spec: PodSpec, old: PodSpec): PodSpec {
  const { resources: _, ...rest } = spec;
  const resources = oldPodAmounts(spec.resources, old.resources);
  return {
    ...rest,
    ...(resources === undefined ? {} : { resources }),
    containers: withOldContainers(spec.containers, old.containers),
    initContainers: withOldContainers(spec.initContainers, old.initContainers),
  };
}

function withOldContainers(
  containers: readonly Container[] | undefined,
  old: readonly Container[] | undefined,
): readonly Container[] {
  return (containers ?? []).map((container, index) => {
    const before = old?.[index];
    return before === undefined ? container : withOldContainerAmounts(container, before);
  });
}

/** Without claims, as in the original: what has any is never the same. */
function withOldContainerAmounts(container: Container, old: Container): Container {
  return { ...container, resources: oldAmounts(container.resources, old.resources) };
}

/** What was not there and has nothing else is not there again. */
function oldPodAmounts(
  wanted: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
): ResourceRequirements | undefined {
  if (wanted === undefined) return undefined;
  const { claims = [] } = wanted;
  const amounts = oldAmounts(wanted, old);
  if (old === undefined && !hasAmounts(amounts) && claims.length === 0) return undefined;
  return { ...amounts, claims };
}

/** What may change set back to what it was. */
function oldAmounts(wanted: ResourceRequirements | undefined, old: ResourceRequirements | undefined): Amounts {
  const part = (name: 'limits' | 'requests'): Readonly<Record<string, string>> => {
    const fixed = Object.entries(wanted?.[name] ?? {}).filter(([resource]) => !resizable.includes(resource));
    const before = Object.entries(old?.[name] ?? {}).filter(([resource]) => resizable.includes(resource));
    return Object.fromEntries([...fixed, ...before]);
  };
  return { limits: part('limits'), requests: part('requests') };
}

type Amounts = Pick<ResourceRequirements, 'limits' | 'requests'>;

function hasAmounts({ limits = {}, requests = {} }: Amounts): boolean {
  return Object.keys(limits).length + Object.keys(requests).length > 0;
}
