/**
 * The subresource `resize`: processor and memory of a pod and of its containers may change while they run, and how each
 * takes the change. All else stays as it was.
 */
import { sameValue } from '../../equality.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { Container, PodSpec, type Pod, type ResourceRequirements } from '../../groups/core.v1.ts';
import { isMirror } from './annotations.ts';
import { podQosClass } from './qos.ts';

const resizable = ['cpu', 'memory'];
const onlyResizable = 'only cpu and memory resources are mutable';

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
  all.push(...removedErrors(pod.spec.resources, old.spec.resources, 'spec.resources'));
  for (const [index, container] of (old.spec.initContainers ?? []).entries()) {
    if (container.restartPolicy !== 'Always') continue;
    const wanted = pod.spec.initContainers?.[index]?.resources;
    all.push(...removedErrors(wanted, container.resources, `spec.initContainers[${index}].resources`));
  }
  for (const [index, container] of (old.spec.containers ?? []).entries()) {
    const wanted = pod.spec.containers?.[index]?.resources;
    all.push(...removedErrors(wanted, container.resources, `spec.containers[${index}].resources`));
  }
  all.push(...containerErrors(pod.spec, old.spec));
  if (all.length > 0) return all;
  return sameValue(PodSpec, withOldAmounts(pod.spec, old.spec), old.spec) ? [] : [forbidden('spec', onlyResizable)];
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
): readonly FieldError[] {
  return (['requests', 'limits'] as const)
    .filter((part) => Object.keys(old?.[part] ?? {}).some((name) => wanted?.[part]?.[name] === undefined))
    .map((part) => forbidden(`${field}.${part}`, `resource ${part} cannot be removed`));
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
      if (container.restartPolicy === 'Always') {
        const detail = 'only cpu and memory resources for sidecar containers are mutable';
        return same(container, before) ? [] : [forbidden('spec', detail)];
      }
      return sameValue(Container, container, before)
        ? []
        : [forbidden('spec', 'resources for non-sidecar init containers are immutable')];
    }),
  ];
}

function withOldAmounts(spec: PodSpec, old: PodSpec): PodSpec {
  const { resources: _, ...rest } = spec;
  return {
    ...rest,
    ...(old.resources === undefined ? {} : { resources: oldAmounts(spec.resources, old.resources) }),
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

function withOldContainerAmounts(container: Container, old: Container): Container {
  const { resizePolicy: _, ...rest } = container;
  return {
    ...rest,
    ...(old.resizePolicy === undefined ? {} : { resizePolicy: old.resizePolicy }),
    resources: oldAmounts(container.resources, old.resources) ?? {},
  };
}

/** What may change set back to what it was. */
function oldAmounts(
  wanted: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
): ResourceRequirements | undefined {
  if (old === undefined) return wanted;
  const part = (name: 'limits' | 'requests'): Readonly<Record<string, string>> => {
    const fixed = Object.entries(wanted?.[name] ?? {}).filter(([resource]) => !resizable.includes(resource));
    const before = Object.entries(old[name] ?? {}).filter(([resource]) => resizable.includes(resource));
    return Object.fromEntries([...fixed, ...before]);
  };
  return {
    ...old,
    ...(wanted?.claims === undefined ? {} : { claims: wanted.claims }),
    limits: part('limits'),
    requests: part('requests'),
  };
}
