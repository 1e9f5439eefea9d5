/** A pod of a StatefulSet: its name is its place, and its volumes stay with the place when the pod is replaced. */
import type { ControllerRevision, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec } from '../../api/groups/core.v1.ts';
import { StatefulSets, type PersistentVolumeClaims } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { podFromTemplate, type NewPod } from '../pod-template.ts';
import { revisionLabel } from '../revision-history.ts';

const nameLabel = 'statefulset.kubernetes.io/pod-name';
const indexLabel = 'apps.kubernetes.io/pod-index';

export type NewClaim = NonNullable<(typeof PersistentVolumeClaims.kind)['input']>;

export const podName = ({ metadata }: StatefulSet, ordinal: number): string => `${metadata.name}-${ordinal}`;

/** The place of the pod, or undefined when its name has none. */
export function ordinalOf(statefulSet: StatefulSet, { metadata }: Pod): number | undefined {
  const rest = metadata.name.slice(statefulSet.metadata.name.length);
  const digits = metadata.name.startsWith(statefulSet.metadata.name) ? /^-(\d+)$/.exec(rest)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** `template`: that of the revision. */
export function statefulPod(
  statefulSet: StatefulSet,
  ordinal: number,
  revisionName: string,
  template: PodTemplateSpec,
): NewPod {
  const { namespace } = statefulSet.metadata;
  const name = podName(statefulSet, ordinal);
  const pod = podFromTemplate(template, { name, namespace, owner: controllerReference(StatefulSets, statefulSet) });
  const labels = {
    ...pod.metadata?.labels,
    [nameLabel]: name,
    [indexLabel]: String(ordinal),
    [revisionLabel]: revisionName,
  };
  const claimed = (statefulSet.spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(claim, name) },
  }));
  const taken = new Set(claimed.map((volume) => volume.name));
  const volumes = [...(template.spec.volumes ?? []).filter((volume) => !taken.has(volume.name)), ...claimed];
  const subdomain = statefulSet.spec.serviceName === '' ? template.spec.subdomain : statefulSet.spec.serviceName;
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...template.spec, hostname: name, subdomain, volumes },
  };
}

/** The claims that the pod of a place needs. */
export function claimsOf(statefulSet: StatefulSet, ordinal: number): readonly NewClaim[] {
  const { spec, metadata } = statefulSet;
  return (spec.volumeClaimTemplates ?? []).map((claim) => ({
    metadata: {
      name: claimName(claim, podName(statefulSet, ordinal)),
      namespace: metadata.namespace,
      labels: { ...claim.metadata.labels, ...spec.selector.matchLabels },
      annotations: claim.metadata.annotations,
    },
    spec: claim.spec,
  }));
}

/** The template that a revision kept. */
export function templateOf({ data }: ControllerRevision, otherwise: PodTemplateSpec): PodTemplateSpec {
  const spec = data?.['spec'] as { readonly template?: PodTemplateSpec & { readonly $patch?: string } } | undefined;
  if (spec?.template === undefined) return otherwise;
  const { $patch: _, ...template } = spec.template;
  return template;
}

const claimName = ({ metadata }: PersistentVolumeClaim, pod: string): string => `${metadata.name}-${pod}`;
