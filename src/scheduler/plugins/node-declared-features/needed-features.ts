/** Features of the node that a pod needs where it runs; those that v1.36 has on and a pod's spec can ask for. */
import type { Container, Pod } from '../../../api/groups/core.v1.ts';

const features: Readonly<Record<string, (pod: Pod) => boolean>> = {
  RestartAllContainersOnContainerExits: ({ spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].some(restartsAll),
};

export function neededFeatures(pod: Pod): readonly string[] {
  return Object.keys(features).filter((name) => features[name]?.(pod));
}

function restartsAll({ restartPolicyRules = [] }: Container): boolean {
  return restartPolicyRules.some(({ action }) => action === 'RestartAllContainers');
}
