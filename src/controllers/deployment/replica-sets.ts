/** The ReplicaSets of a Deployment: which one is new, in which order the others count, what they add up to. */
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { PodTemplateSpec } from '../../api/groups/core.v1.ts';
import { canonical } from '../template-hash.ts';

export const hashLabel = 'pod-template-hash';

export interface Family {
  /** The one whose template is the Deployment's. */
  readonly current: ReplicaSet | undefined;
  /** All others, oldest first. */
  readonly old: readonly ReplicaSet[];
}

/** Should several have the Deployment's template, the oldest is the current one. */
export function sortFamily(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Family {
  const sorted = replicaSets.toSorted(olderFirst);
  const current = sorted.find((one) => equalTemplates(one.spec.template, deployment.spec.template));
  return { current, old: sorted.filter((one) => one !== current) };
}

export function membersOf({ current, old }: Family): readonly ReplicaSet[] {
  return current === undefined ? old : [...old, current];
}

/** Equal but for the label that tells ReplicaSets apart. */
export function equalTemplates(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return canonical(withoutHash(a)) === canonical(withoutHash(b));
}

export function olderFirst(a: ReplicaSet, b: ReplicaSet): number {
  const [first, second] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (first !== second) return first < second ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1;

export function sum(replicaSets: readonly ReplicaSet[], count: (one: ReplicaSet) => number | undefined): number {
  return replicaSets.reduce((total, one) => total + (count(one) ?? 0), 0);
}

export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: _, ...labels } = template.metadata.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
