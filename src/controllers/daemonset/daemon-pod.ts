/** The pod of a DaemonSet on one node: bound to it by affinity, and at home on nodes that are not well. */
import type { DaemonSet } from '../../api/groups/apps.v1.ts';
import type { Node, Pod, PodSpec, Toleration } from '../../api/groups/core.v1.ts';
import { DaemonSets } from '../../api/resources.ts';
import { selectsNode } from '../node-selection.ts';
import { controllerReference } from '../owner.ts';
import { podFromTemplate, type NewPod } from '../pod-template.ts';
import { revisionLabel } from '../revision-history.ts';
import { isTolerated } from '../taints.ts';

const generationAnnotation = 'deprecated.daemonset.template.generation';
const generationLabel = 'pod-template-generation';

/** Conditions of a node that a daemon outlives or is there to cure. */
const alwaysTolerated: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const networkTolerated: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

export interface Eligibility {
  readonly shouldRun: boolean;
  /** A pod that is there may stay. */
  readonly mayStay: boolean;
}

export function eligibility({ spec: { template } }: DaemonSet, node: Node): Eligibility {
  if (!selectsNode(template.spec, node)) return { shouldRun: false, mayStay: false };
  const tolerations = tolerationsOf(template.spec);
  const refusing = (node.spec.taints ?? []).filter((taint) => !isTolerated(taint, tolerations));
  return {
    shouldRun: refusing.every(({ effect }) => effect === 'PreferNoSchedule'),
    mayStay: refusing.every(({ effect }) => effect !== 'NoExecute'),
  };
}

export function daemonPod(daemonSet: DaemonSet, nodeName: string, hash: string): NewPod {
  const { metadata, spec } = daemonSet;
  const generation = metadata.annotations?.[generationAnnotation];
  const pod = podFromTemplate(spec.template, {
    namespace: metadata.namespace,
    generateName: `${metadata.name}-`,
    owner: controllerReference(DaemonSets, daemonSet),
  });
  const labels = {
    ...pod.metadata?.labels,
    [revisionLabel]: hash,
    ...(generation === undefined ? {} : { [generationLabel]: generation }),
  };
  return { ...pod, metadata: { ...pod.metadata, labels }, spec: boundTo(spec.template.spec, nodeName) };
}

/** The node that the pod runs on, or is to be bound to. */
export function nodeNameOf({ spec }: Pod): string | undefined {
  if (spec.nodeName !== undefined && spec.nodeName !== '') return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { key, values } of terms.flatMap(({ matchFields = [] }) => matchFields)) {
    if (key === 'metadata.name' && values?.length === 1) return values[0];
  }
  return undefined;
}

/** What else the affinity asked of nodes has been decided with `eligibility`. */
function boundTo(spec: PodSpec, nodeName: string): PodSpec {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: required,
  };
  return { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: tolerationsOf(spec) };
}

function tolerationsOf(spec: PodSpec): readonly Toleration[] {
  const added = [...alwaysTolerated, ...(spec.hostNetwork === true ? [networkTolerated] : [])];
  const own = spec.tolerations ?? [];
  const covers = (one: Toleration, other: Toleration) =>
    one.key === other.key && one.operator === other.operator && one.effect === other.effect;
  return [...own.filter((one) => !added.some((other) => covers(one, other))), ...added];
}
