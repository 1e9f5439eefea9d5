/** The pods of a Job: what marks them, and what they look like when they are made. */
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Jobs } from '../../api/resources.ts';
import { controllerReference } from '../owner.ts';
import { podFromTemplate, type NewPod } from '../pod-template.ts';

/** Holds a finished pod until it has been counted, so that none is counted twice or never. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
const indexKey = 'batch.kubernetes.io/job-completion-index';
const failuresKey = 'batch.kubernetes.io/job-index-failure-count';
const ignoredFailuresKey = 'batch.kubernetes.io/job-index-ignored-failure-count';
const indexVariable = 'JOB_COMPLETION_INDEX';

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) === true;

export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[indexKey] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** How often its index had failed before this pod. */
export interface FailureCounts {
  readonly counted: number;
  /** Failures that the failure policy ignores. */
  readonly ignored: number;
}

export function failureCountsOf({ metadata }: Pod): FailureCounts {
  const count = (key: string): number => {
    const text = metadata.annotations?.[key] ?? '';
    return /^\d+$/.test(text) ? Number(text) : 0;
  };
  return { counted: count(failuresKey), ignored: count(ignoredFailuresKey) };
}

/** Replacements wait until a pod has finished, instead of coming when it is being deleted. */
export function replacesFinishedOnly({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;
}

/** A pod to make. */
export interface Place {
  /** Its completion index, if it has one. */
  readonly index: number | undefined;
  /** Given when failures are counted by index. */
  readonly failures: FailureCounts | undefined;
}

export function jobPod(job: Job, { index, failures }: Place): NewPod {
  const { name, namespace } = job.metadata;
  const owner = controllerReference(Jobs, job);
  const generateName = index === undefined ? `${name}-` : `${name}-${index}-`;
  const pod = podFromTemplate(job.spec.template, { namespace, generateName, owner });
  const finalizers = [...(pod.metadata?.finalizers ?? []), trackingFinalizer];
  if (index === undefined || pod.spec === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const marks = { [indexKey]: String(index) };
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${indexKey}']` };
  const withIndex = <C extends { readonly env?: readonly { readonly name: string }[] | undefined }>(container: C): C =>
    (container.env ?? []).some((one) => one.name === indexVariable)
      ? container
      : { ...container, env: [...(container.env ?? []), { name: indexVariable, valueFrom: { fieldRef } }] };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      finalizers,
      labels: { ...pod.metadata?.labels, ...marks },
      annotations: { ...pod.metadata?.annotations, ...marks, ...failureMarks(failures) },
    },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      containers: pod.spec.containers.map(withIndex),
      initContainers: pod.spec.initContainers?.map(withIndex),
    },
  };
}

function failureMarks(failures: FailureCounts | undefined): Readonly<Record<string, string>> {
  if (failures === undefined) return {};
  const ignored = failures.ignored === 0 ? {} : { [ignoredFailuresKey]: String(failures.ignored) };
  return { [failuresKey]: String(failures.counted), ...ignored };
}
