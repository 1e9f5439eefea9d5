/** RuntimeClass: a pod bears the overhead of its runtime, and goes to the nodes that have it. */
import type { Draft } from '../../api/descriptor.ts';
import { samePlain } from '../../api/equality.ts';
import type { Pod, Toleration } from '../../api/groups/core.v1.ts';
import type { RuntimeClass } from '../../api/groups/node.v1.ts';
import { canonicalQuantity } from '../../api/quantity.ts';
import { Pods } from '../../api/resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { objectOf, refusal } from './refusal.ts';

const differs = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

export function createRuntimeClassAdmission(classes: Served): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    about: [Pods],
    mutate(request) {
      const pod = objectOf<Pod>(request, Pods, 'CREATE');
      const { runtimeClassName } = pod?.spec ?? {};
      if (pod === undefined || runtimeClassName === undefined) return;
      return findClass(classes, request, runtimeClassName).then((runtime) => setRuntime(request, pod, runtime));
    },
    validate(request) {
      const pod = objectOf<Pod>(request, Pods, 'CREATE') as Pod | undefined;
      if (pod === undefined) return;
      const { runtimeClassName } = pod.spec;
      if (runtimeClassName === undefined) return checkOverhead(request, pod, undefined);
      return findClass(classes, request, runtimeClassName).then((runtime) => checkOverhead(request, pod, runtime));
    },
  };
}

async function findClass(classes: Served, request: Admitted, name: string): Promise<RuntimeClass> {
  await classes.cache.ready();
  const entry = classes.cache.get(storageKey(classes, undefined, name));
  if (entry === undefined) throw refusal(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return entry.object as unknown as RuntimeClass;
}

function setRuntime(request: Admitted, pod: Draft<Pod>, runtime: RuntimeClass): void {
  if (runtime.overhead?.podFixed !== undefined) {
    if (pod.spec.overhead !== undefined && !sameOverhead(pod as Pod, runtime)) throw refusal(request, differs);
    pod.spec.overhead = { ...runtime.overhead.podFixed };
  }
  if (runtime.scheduling !== undefined) setScheduling(request, pod, runtime.scheduling);
}

function checkOverhead(request: Admitted, pod: Pod, runtime: RuntimeClass | undefined): void {
  if (runtime?.overhead !== undefined) {
    if (!sameOverhead(pod, runtime)) throw refusal(request, differs);
  } else if (pod.spec.overhead !== undefined) {
    throw refusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  }
}

function sameOverhead({ spec }: Pod, { overhead }: RuntimeClass): boolean {
  const canonical = (amounts: Readonly<Record<string, string>> | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(amounts ?? {}).map(([name, text]) => [name, canonicalQuantity(text)]));
  return samePlain(canonical(spec.overhead), canonical(overhead?.podFixed));
}

function setScheduling(request: Admitted, pod: Draft<Pod>, scheduling: NonNullable<RuntimeClass['scheduling']>): void {
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = pod.spec.nodeSelector?.[key];
    if (own !== undefined && own !== value) {
      const ours = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}`;
      throw refusal(request, `conflict: ${ours}; pod.spec.nodeSelector[${key}] = ${own}`);
    }
    pod.spec.nodeSelector = { ...pod.spec.nodeSelector, [key]: value };
  }
  const own = (pod.spec.tolerations ?? []) as readonly Toleration[];
  const added = (scheduling.tolerations ?? []).filter((one) => !own.some((other) => samePlain(one, other)));
  if (added.length > 0) pod.spec.tolerations = [...own, ...added] as Draft<Toleration>[];
}
