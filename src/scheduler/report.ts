/** What the scheduler says about a pod through the API: its PodScheduled condition and its nominated node. */
import type { Pod } from '../api/groups/core.v1.ts';
import { Pods } from '../api/resources.ts';
import type { JsonObject } from '../api/schema.ts';
import type { Client } from '../client/client.ts';
import type { SeriesEvent } from '../client/event-series.ts';
import type { PodInfo } from './pod-info.ts';

export interface Failure {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** '' takes an earlier promise back. */
  readonly nominatedNode: string;
  /** The promise that stands, where the pod at hand may be older than it. */
  readonly nominatedBefore?: string | undefined;
}

/** The patch of the pod's status, or undefined when it says all this already. */
export function failurePatch({ metadata, status }: Pod, failure: Failure, now: number): JsonObject | undefined {
  const { reason, message, nominatedNode, nominatedBefore = status.nominatedNodeName ?? '' } = failure;
  const old = status.conditions?.find(({ type }) => type === 'PodScheduled');
  const { generation: observedGeneration } = metadata;
  const sameCondition =
    old?.status === 'False' &&
    old.reason === reason &&
    old.message === message &&
    old.observedGeneration === observedGeneration;
  const sameNode = nominatedBefore === nominatedNode;
  if (sameCondition && sameNode) return undefined;
  const since = old?.status === 'False' ? (old.lastTransitionTime ?? wholeSeconds(now)) : wholeSeconds(now);
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    reason,
    message,
    lastTransitionTime: since,
  };
  return {
    status: {
      conditions: [condition],
      ...(sameNode ? {} : { nominatedNodeName: nominatedNode === '' ? null : nominatedNode }),
    },
  };
}

/** Marks a victim, so that its owner knows that it did not fail by itself. */
export function disruptionPatch({ metadata }: Pod, schedulerName: string, now: number): JsonObject {
  const { generation: observedGeneration } = metadata;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    reason: 'PreemptionByScheduler',
    message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: wholeSeconds(now),
  };
  return { status: { conditions: [condition] } };
}

/** The event that says why a pod has no node. */
export function failedScheduling({ pod }: PodInfo, message: string): SeriesEvent {
  const [action, note] = ['Scheduling', shortNote(message)];
  return { regarding: pod, type: 'Warning', reason: 'FailedScheduling', action, note };
}

const longestNote = 1024;
const cut = ' ...';

/** As much of a message as the note of an event may hold. */
function shortNote(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= longestNote ? message : `${bytes.toString('utf8', 0, longestNote - cut.length)}${cut}`;
}

export async function patchStatus(client: Client, { metadata }: Pod, value: JsonObject): Promise<void> {
  const { namespace, name } = metadata;
  await client.patch(Pods, { namespace, name }, { type: 'strategic', value }, { subresource: 'status' });
}

function wholeSeconds(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
}
