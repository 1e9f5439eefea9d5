/** What pods get from the cluster: tolerations of failing nodes, and the number behind their priority class. */
import { ApiError } from '../../api/api-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PriorityClass } from '../../api/groups/scheduling.v1.ts';
import { Pods } from '../../api/resources.ts';
import type { Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';

const failingNodeSeconds = 300;

/** DefaultTolerationSeconds: pods stay five minutes on a node that fails, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    const pod = newPod(request) ?? (isPodUpdate(request) ? (request.object as unknown as Draft<Pod>) : undefined);
    if (pod === undefined) return;
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      const tolerations = pod.spec.tolerations ?? [];
      const covered = tolerations.some(
        (toleration) =>
          (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect),
      );
      if (covered) continue;
      const added = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: failingNodeSeconds };
      pod.spec.tolerations = [...tolerations, added];
    }
  },
};

/** Priority: the class's number goes into the pod; nobody sets it alone. */
export function createPriorityAdmission(classes: Served): AdmissionPlugin {
  return {
    name: 'Priority',
    mutate(request) {
      const pod = newPod(request);
      if (pod === undefined) return;
      const { name, value, policy } = findClass(classes, request, pod);
      if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
        throw forbidden(
          request,
          `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        );
      }
      if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== policy) {
        throw forbidden(
          request,
          `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
        );
      }
      if (name !== '') pod.spec.priorityClassName = name;
      pod.spec.priority = value;
      pod.spec.preemptionPolicy = policy;
    },
  };
}

interface ClassFacts {
  readonly name: string;
  readonly value: number;
  readonly policy: string;
}

function findClass(classes: Served, request: Admitted, pod: Draft<Pod>): ClassFacts {
  const wanted = pod.spec.priorityClassName ?? '';
  const all = classes.cache.list(classes.cache.prefix).map(({ object }) => object as unknown as PriorityClass);
  const found = wanted === '' ? defaultOf(all) : all.find(({ metadata }) => metadata.name === wanted);
  if (found === undefined && wanted !== '') throw forbidden(request, `no PriorityClass with name ${wanted} was found`);
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = found ?? {};
  return { name: found?.metadata.name ?? '', value, policy: preemptionPolicy };
}

/** The lowest of those marked as default. */
function defaultOf(classes: readonly PriorityClass[]): PriorityClass | undefined {
  return classes.filter(({ globalDefault }) => globalDefault === true).toSorted((a, b) => a.value - b.value)[0];
}

function forbidden(request: Admitted, why: string): ApiError {
  const { name } = request;
  return new ApiError('Forbidden', `pods ${JSON.stringify(name)} is forbidden: ${why}`, { name, kind: 'pods' });
}

function newPod(request: Admitted): Draft<Pod> | undefined {
  if (request.operation !== 'CREATE' || request.served.resource !== Pods || request.subresource !== '')
    return undefined;
  return request.object as unknown as Draft<Pod>;
}

const isPodUpdate = ({ operation, served, subresource }: Admitted): boolean =>
  operation === 'UPDATE' && served.resource === Pods && subresource === '';
