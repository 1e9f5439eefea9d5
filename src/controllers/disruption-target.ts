/** Says in a pod's status why it is being taken away, before it is: the Job that owns it may judge by that. */
import type { Pod } from '../api/groups/core.v1.ts';
import { Pods } from '../api/resources.ts';
import type { JsonObject } from '../api/schema.ts';
import { formatTime } from '../api/time.ts';
import { neverProbed, setCondition } from './condition.ts';
import type { Run } from './controller.ts';

export interface Disruption {
  readonly reason: string;
  readonly message: string;
  /** Its containers are gone for good. */
  readonly failed?: boolean;
}

/** Answers the pod as it is then. */
export async function markDisrupted(run: Run, pod: Pod, { reason, message, failed }: Disruption): Promise<Pod> {
  const time = formatTime(run.nowMs);
  const { generation: observedGeneration } = pod.metadata;
  const next = { type: 'DisruptionTarget', status: 'True', observedGeneration, reason, message };
  const conditions = setCondition(pod.status.conditions, {
    ...next,
    lastTransitionTime: time,
    lastProbeTime: neverProbed,
  });
  const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  const phase = failed === true && !ended ? 'Failed' : pod.status.phase;
  if (conditions === pod.status.conditions && phase === pod.status.phase) return pod;
  const { uid, resourceVersion } = pod.metadata;
  const value = { metadata: { uid, resourceVersion }, status: { phase, conditions } } as unknown as JsonObject;
  return run.client.patch(Pods, pod.metadata, { type: 'merge', value }, { subresource: 'status' });
}
