/** A Job whose pods fail makes the next one later and later: 10 s after the first failure, doubling up to 10 min. */
import type { Pod } from '../../api/groups/core.v1.ts';
import { timeMs } from '../time.ts';
import { failureCountsOf } from './job-pod.ts';

const baseMs = 10_000;
const maxMs = 600_000;

/** From when on the next pod may be made; 0 = at once. A success resets the delay. */
export function nextPodAtMs(pods: readonly Pod[]): number {
  const ended = (phase: string) => pods.filter(({ status }) => status.phase === phase).map(finishedAtMs);
  const lastSuccessMs = Math.max(-1, ...ended('Succeeded'));
  const failures = ended('Failed').filter((atMs) => atMs > lastSuccessMs);
  if (failures.length === 0) return 0;
  return Math.max(...failures) + Math.min(baseMs * 2 ** (failures.length - 1), maxMs);
}

/** The same for the replacement of one pod, where failures are counted by index. */
export function nextOfIndexAtMs(failed: Pod): number {
  const { counted, ignored } = failureCountsOf(failed);
  return finishedAtMs(failed) + Math.min(baseMs * 2 ** (counted + ignored), maxMs);
}

function finishedAtMs({ status, metadata }: Pod): number {
  const times = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
    .map(({ state }) => timeMs(state.terminated?.finishedAt))
    .filter((atMs) => atMs !== undefined);
  const created = timeMs(metadata.creationTimestamp) ?? 0;
  return times.length > 0 ? Math.max(...times) : (timeMs(metadata.deletionTimestamp) ?? created);
}
