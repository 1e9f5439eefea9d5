/** Priority: the class's number goes into the pod, nobody sets it alone; and there is one default class at most. */
import type { Draft } from '../../api/descriptor.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PriorityClass } from '../../api/groups/scheduling.v1.ts';
import { Pods, PriorityClasses } from '../../api/resources.ts';
import type { Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { objectOf, refusal } from './refusal.ts';

const systemClasses = new Set(['system-node-critical', 'system-cluster-critical']);

export function createPriorityAdmission(classes: Served): AdmissionPlugin {
  return {
    name: 'Priority',
    about: [Pods, PriorityClasses],
    mutate(request) {
      const created = objectOf<Pod>(request, Pods, 'CREATE');
      if (created !== undefined) setPriority(classes, request, created);
      const updated = objectOf<Pod>(request, Pods, 'UPDATE');
      if (updated !== undefined) keepPriority(updated, request.old as unknown as Pod);
    },
    validate(request) {
      const { operation, served, subresource, name } = request;
      if (served.resource !== PriorityClasses || subresource !== '') return;
      if (operation === 'DELETE' && systemClasses.has(name)) {
        throw refusal(request, 'this is a system priority class and cannot be deleted');
      }
      const written = objectOf<PriorityClass>(request, PriorityClasses, 'CREATE', 'UPDATE');
      if (written?.globalDefault !== true) return;
      const present = defaultOf(allOf(classes));
      if (present === undefined || (operation === 'UPDATE' && present.metadata.name === name)) return;
      const which = `PriorityClass ${present.metadata.name} is already marked as default`;
      throw refusal(request, `${which}. Only one default can exist`);
    },
  };
}

function setPriority(classes: Served, request: Admitted, pod: Draft<Pod>): void {
  const { name, value, policy } = findClass(classes, request, pod);
  const { priority, preemptionPolicy } = pod.spec;
  const computed = (what: string): string =>
    `must not be provided in pod spec; priority admission controller computed ${what} from the given PriorityClass name`;
  if (priority !== undefined && priority !== value) {
    throw refusal(request, `the integer value of priority (${priority}) ${computed(String(value))}`);
  }
  if (preemptionPolicy !== undefined && preemptionPolicy !== policy) {
    throw refusal(request, `the string value of PreemptionPolicy (${preemptionPolicy}) ${computed(policy)}`);
  }
  if (name !== '') pod.spec.priorityClassName = name;
  pod.spec.priority = value;
  pod.spec.preemptionPolicy = policy;
}

/** An update that leaves out what was computed at creation means to keep it. */
function keepPriority(pod: Draft<Pod>, old: Pod): void {
  const { priority, preemptionPolicy } = old.spec;
  if (pod.spec.priority === undefined && priority !== undefined) pod.spec.priority = priority;
  if (pod.spec.preemptionPolicy === undefined && preemptionPolicy !== undefined) {
    pod.spec.preemptionPolicy = preemptionPolicy;
  }
}

interface ClassFacts {
  readonly name: string;
  readonly value: number;
  readonly policy: string;
}

function findClass(classes: Served, request: Admitted, pod: Draft<Pod>): ClassFacts {
  const wanted = pod.spec.priorityClassName ?? '';
  const all = allOf(classes);
  const found = wanted === '' ? defaultOf(all) : all.find(({ metadata }) => metadata.name === wanted);
  if (found === undefined && wanted !== '') throw refusal(request, `no PriorityClass with name ${wanted} was found`);
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = found ?? {};
  return { name: found?.metadata.name ?? '', value, policy: preemptionPolicy };
}

const allOf = (classes: Served): readonly PriorityClass[] =>
  classes.cache.list(classes.cache.prefix).map(({ object }) => object as unknown as PriorityClass);

/** The lowest of those marked as default. */
function defaultOf(classes: readonly PriorityClass[]): PriorityClass | undefined {
  return classes.filter(({ globalDefault }) => globalDefault === true).toSorted((a, b) => a.value - b.value)[0];
}
