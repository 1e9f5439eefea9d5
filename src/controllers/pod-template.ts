/** Pods as controllers make them from the templates of their owners. */
import type { PodTemplateSpec } from '../api/groups/core.v1.ts';
import type { OwnerReference } from '../api/groups/meta.v1.ts';
import type { Pods } from '../api/resources.ts';

export type NewPod = NonNullable<(typeof Pods.kind)['input']>;

export interface PodIdentity {
  readonly namespace: string;
  /** Either a name, or what the server completes to one. */
  readonly name?: string;
  readonly generateName?: string;
  readonly owner: OwnerReference;
}

/** The template with an identity; its labels, annotations and finalizers are the pod's. */
export function podFromTemplate(template: PodTemplateSpec, identity: PodIdentity): NewPod {
  const { labels, annotations, finalizers } = template.metadata;
  const { owner, ...named } = identity;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...named, labels, annotations, finalizers, ownerReferences: [owner] },
    spec: template.spec,
  };
}
