/** Takes the recycling of a volume one step further. The volume is offered again only after its pod is gone. */
import { isApiError } from '../../api/api-error.ts';
import type { PersistentVolume, Pod } from '../../api/groups/core.v1.ts';
import { Pods } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { EventNote, Run } from '../controller.ts';
import { isPodFinished } from '../pod-state.ts';
import { claimNames } from '../storage-protection/plan.ts';
import { retellEvents } from './recycler-events.ts';
import { recyclerName, recyclerNamespace, recyclerPod, recycleProgress } from './recycler-pod.ts';

/** Either the pod that this process made, or the time before which it makes none because one has failed. */
export type Recycling =
  | { readonly uid: string; readonly retelling?: AbortController }
  | { readonly notBeforeMs: number };

export interface RecycleWorld {
  readonly pods: Informer<Pod>;
  /** Of each volume that is being wiped. */
  readonly recyclers: Map<string, Recycling>;
  /** Another claim bears the name of the one that is gone: pods that use it use another volume. */
  readonly claimIsAnother: boolean;
}

export type Recycled =
  | { readonly type: 'wiped'; readonly event: EventNote }
  | { readonly type: 'failed'; readonly event: EventNote }
  | { readonly type: 'under-way' };

/** What failed would fail again at once. */
const restMs = 15_000;

export async function recycle(run: Run, world: RecycleWorld, volume: PersistentVolume): Promise<Recycled> {
  const { pods, recyclers } = world;
  const { name } = volume.metadata;
  const users = world.claimIsAnother ? [] : usersOf(pods, volume);
  if (users.length > 0) {
    const message = `Volume is used by pods: ${users.join(',')}`;
    run.note(volume, { type: 'Normal', reason: 'VolumeFailedRecycle', message });
    return { type: 'under-way' };
  }
  const known: Recycling = recyclers.get(name) ?? { uid: '' };
  if ('notBeforeMs' in known && run.nowMs < known.notBeforeMs) return { type: 'under-way' };
  const pod = pods.get(recyclerNamespace, recyclerName(volume));
  const progress = recycleProgress(pod, 'uid' in known ? known.uid : '');
  switch (progress.type) {
    case 'wait':
      return { type: 'under-way' };
    case 'start':
      endRetelling(known);
      recyclers.set(name, await start(run, volume));
      return { type: 'under-way' };
    case 'clear':
      await removePod(run, volume);
      return { type: 'under-way' };
    case 'done':
      endRetelling(known);
      await removePod(run, volume);
      recyclers.delete(name);
      return { type: 'wiped', event: { type: 'Normal', reason: 'VolumeRecycled', message: 'Volume recycled' } };
    case 'failed':
      endRetelling(known);
      await removePod(run, volume);
      recyclers.set(name, { notBeforeMs: run.nowMs + restMs });
      return { type: 'failed', event: { type: 'Warning', reason: 'VolumeFailedRecycle', message: progress.message } };
  }
}

async function start(run: Run, volume: PersistentVolume): Promise<Recycling> {
  const pod = await run.client.create(Pods, recyclerPod(volume));
  return { uid: pod.metadata.uid, retelling: retellEvents(run, volume, pod) };
}

function endRetelling(recycling: Recycling): void {
  if ('uid' in recycling) recycling.retelling?.abort();
}

function usersOf(pods: Informer<Pod>, { spec: { claimRef } }: PersistentVolume): readonly string[] {
  const { namespace = '', name = '' } = claimRef ?? {};
  return pods
    .list(namespace)
    .filter((pod) => !isPodFinished(pod) && claimNames(pod).includes(name))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    .toSorted();
}

async function removePod({ client }: Run, volume: PersistentVolume): Promise<void> {
  try {
    await client.delete(Pods, { namespace: recyclerNamespace, name: recyclerName(volume) }, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
