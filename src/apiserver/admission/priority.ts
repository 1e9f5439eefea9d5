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
  let known: { readonly changes: number; readonly marked: PriorityClass | undefined } | undefined;
  // Nearly every pod asks for it.
  const marked = (): PriorityClass | undefined => {
    const { changesReceived, timesLoaded } = classes.cache;
    const changes = changesReceived + timesLoaded;
    if (known?.changes !== changes) known = { changes, marked: defaultOf(allOf(classes)) };
    return known.marked;
  };
  return {
    name: 'Priority',
    about: [Pods, PriorityClasses],
    mutate(request) {
      const created = objectOf<Pod>(request, Pods, 'CREATE');
      if (created !== undefined) {
        const { priorityClassName: name = '' } = created.spec;
        setPriority(request, created, name === '' ? marked() : findClass(classes, request, name));
      }
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

function setPriority(request: Admitted, pod: Draft<Pod>, chosen: PriorityClass | undefined): void {
  const { value = 0, preemptionPolicy: policy = 'PreemptLowerPriority' } = chosen ?? {};
  const { priority, preemptionPolicy } = pod.spec;
  const computed = (what: string): string =>
    `must not be provided in pod spec; priority admission controller computed ${what} from the given PriorityClass name`;
  if (priority !== undefined && priority !== value) {
    throw refusal(request, `the integer value of priority (${priority}) ${computed(String(value))}`);
  }
  if (preemptionPolicy !== undefined && preemptionPolicy !== policy) {
    throw refusal(request, `the string value of PreemptionPolicy (${preemptionPolicy}) ${computed(policy)}`);
  }
  if (chosen !== undefined) pod.spec.priorityClassName = chosen.metadata.name;
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

function findClass(classes: Served, request: Admitted, name: string): PriorityClass {
  const found = allOf(classes).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw refusal(request, `no PriorityClass with name ${name} was found`);
  return found;
}

const allOf = (classes: Served): readonly PriorityClass[] =>
  classes.cache.list(classes.cache.prefix).map(({ object }) => object as unknown as PriorityClass);

/** The lowest of those marked as default. */
function defaultOf(classes: readonly PriorityClass[]): PriorityClass | undefined {
  return classes.filter(({ globalDefault }) => globalDefault === true).toSorted((a, b) => a.value - b.value)[0];
}
