/**
 * Making and removing pods for an owner, and telling users about it in the owner's events.
 *
 * Many pods at once start slowly: 1, 2, 4, 8, … at a time, each batch only after the one before went well. What fails for all
 * (a quota, a webhook) then fails once, not five hundred times.
 */
import { isApiError } from '../api/api-error.ts';
import type { Pod } from '../api/groups/core.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import { Pods } from '../api/resources.ts';
import { errorText } from '../base/log.ts';
import type { Run } from './controller.ts';
import type { NewPod } from './pod-template.ts';

/** @throws the first error, after the batch in which it happened. */
export async function createPods(run: Run, owner: KubeObject, pods: readonly NewPod[]): Promise<void> {
  let done = 0;
  for (let size = 1; done < pods.length; size *= 2) {
    const batch = pods.slice(done, done + size);
    await settle(batch.map((pod) => createPod(run, owner, pod)));
    done += batch.length;
  }
}

/** @throws the first error, after all have been tried. Pods that are gone already are no error. */
export async function deletePods(run: Run, owner: KubeObject, pods: readonly Pod[]): Promise<void> {
  await settle(pods.map((pod) => deletePod(run, owner, pod)));
}

/** The refusal of all creations in a namespace that is being deleted: nothing is to be done about it. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    isApiError(error, 'Forbidden') &&
    (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
  );
}

/** Waits for all, then throws the first error. */
async function settle(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function createPod(run: Run, owner: KubeObject, pod: NewPod): Promise<void> {
  try {
    const created = await run.client.create(Pods, pod);
    run.note(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${created.metadata.name}` });
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    run.note(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${errorText(error)}` });
    throw error;
  }
}

async function deletePod(run: Run, owner: KubeObject, pod: Pod): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  try {
    await run.client.delete(Pods, { namespace, name }, { uid });
    run.note(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` });
  } catch (error) {
    if (isApiError(error, 'NotFound')) return;
    run.note(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${errorText(error)}` });
    throw error;
  }
}
