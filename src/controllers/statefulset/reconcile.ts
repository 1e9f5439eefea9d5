/** Takes one StatefulSet a step further. */
import { isApiError } from '../../api/api-error.ts';
import type { ControllerRevision, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods, StatefulSets } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { claim, enqueueOwners } from '../dependents.ts';
import { controllerReference } from '../owner.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { planTruncation, revisionLabel } from '../revision-history.ts';
import { ensureRevision, removeRevisions } from '../revision-writes.ts';
import { nextAvailableMs } from '../pod-state.ts';
import { same } from '../same.ts';
import { hasLeavingClaim, hasPlace, keepClaims } from './claim-writes.ts';
import { planStatefulPods, planStatefulSetStatus, type NewPlace, type Observed } from './plan.ts';
import { claimsOf, ordinalOf, podName, statefulPod, templateOf } from './stateful-pod.ts';

interface Copies {
  readonly statefulSets: Informer<StatefulSet>;
  readonly pods: Informer<Pod>;
  readonly revisions: Informer<ControllerRevision>;
  readonly claims: Informer<PersistentVolumeClaim>;
}

/** A claim that goes with its pod is gone soon. */
const leavingClaimMs = 1000;

export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  alias: 'statefulset',
  start({ informer, enqueue }) {
    const copies: Copies = {
      statefulSets: informer(StatefulSets),
      pods: informer(Pods),
      revisions: informer(ControllerRevisions),
      claims: informer(PersistentVolumeClaims),
    };
    const { statefulSets, pods, revisions } = copies;
    const selectorOf = ({ spec }: StatefulSet) => spec.selector;
    statefulSets.onChange(({ object }) => enqueue(objectKey(object)));
    enqueueOwners({ owners: statefulSets, dependents: pods, selectorOf, enqueue });
    enqueueOwners({ owners: statefulSets, dependents: revisions, selectorOf, enqueue });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const statefulSet = copies.statefulSets.get(namespace, name);
  if (statefulSet === undefined) return;
  const ownership = { owner: statefulSet, ownerResource: StatefulSets, selector: statefulSet.spec.selector };
  const pods = await claim(run, { ...ownership, resource: Pods, dependents: copies.pods });
  const revisions = await claim(run, { ...ownership, resource: ControllerRevisions, dependents: copies.revisions });
  const update = await updateRevision(run, statefulSet, revisions);
  const known = revisions.find(({ metadata }) => metadata.name === statefulSet.status.currentRevision);
  const observed: Observed = { statefulSet, pods, current: known ?? update, update, nowMs: run.nowMs };
  const plan = planStatefulPods(observed);
  await keepClaims(run, copies.claims, statefulSet, pods);
  const blocked = plan.create.findIndex(({ ordinal }) => hasLeavingClaim(copies.claims, statefulSet, ordinal));
  for (const place of blocked < 0 ? plan.create : plan.create.slice(0, blocked)) await create(run, statefulSet, place);
  for (const pod of plan.remove) {
    const ordinal = ordinalOf(statefulSet, pod);
    if (ordinal !== undefined && hasPlace(statefulSet, ordinal)) noteRecreation(run, statefulSet, pod);
    await remove(run, statefulSet, pod);
  }
  const live = new Set([
    update.metadata.name,
    statefulSet.status.currentRevision,
    ...pods.map(({ metadata }) => metadata.labels?.[revisionLabel]),
  ]);
  const { revisionHistoryLimit } = statefulSet.spec;
  await removeRevisions(
    run,
    planTruncation(revisions, ({ metadata }) => live.has(metadata.name), revisionHistoryLimit),
  );
  const status = planStatefulSetStatus(observed);
  if (!same(status, statefulSet.status)) await run.client.updateStatus(StatefulSets, { ...statefulSet, status });
  const atMs = nextAvailableMs(pods, statefulSet.spec.minReadySeconds ?? 0, run.nowMs);
  const waitMs = Math.min(blocked < 0 ? Infinity : leavingClaimMs, (atMs ?? Infinity) - run.nowMs);
  return waitMs === Infinity ? undefined : { afterMs: waitMs };
}

async function updateRevision(
  run: Run,
  statefulSet: StatefulSet,
  revisions: readonly ControllerRevision[],
): Promise<ControllerRevision> {
  const { metadata, spec, status } = statefulSet;
  const { name, namespace, annotations } = metadata;
  const { collisionCount } = status;
  const reference = controllerReference(StatefulSets, statefulSet);
  const owner = { name, namespace, annotations, template: spec.template, reference, collisionCount };
  const revision = await ensureRevision(run, owner, revisions);
  if (revision !== 'collision') return revision;
  const next = { ...status, collisionCount: (collisionCount ?? 0) + 1 };
  await run.client.updateStatus(StatefulSets, { ...statefulSet, status: next });
  throw new Error(`Cannot keep the revision of StatefulSet "${name}": its name is taken, the next hash will differ`);
}

async function create(run: Run, statefulSet: StatefulSet, { ordinal, revision }: NewPlace): Promise<void> {
  const name = podName(statefulSet, ordinal);
  const template = templateOf(revision, statefulSet.spec.template);
  await ensureClaims(run, statefulSet, ordinal);
  try {
    await run.client.create(Pods, statefulPod(statefulSet, ordinal, revision.metadata.name, template));
    note(run, statefulSet, 'Create', `create Pod ${name} in StatefulSet ${statefulSet.metadata.name} successful`);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    const message = `create Pod ${name} in StatefulSet ${statefulSet.metadata.name} failed error: ${errorText(error)}`;
    run.note(statefulSet, { type: 'Warning', reason: 'FailedCreate', message });
    throw error;
  }
}

/** Claims outlive their pods: those of a place that was there before are found again. */
async function ensureClaims(run: Run, statefulSet: StatefulSet, ordinal: number): Promise<void> {
  const pod = podName(statefulSet, ordinal);
  for (const wanted of claimsOf(statefulSet, ordinal)) {
    const name = wanted.metadata?.name ?? '';
    const ref = { namespace: statefulSet.metadata.namespace, name };
    const known = await run.client.find(PersistentVolumeClaims, ref);
    if (known?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`);
    if (known !== undefined) continue;
    const place = `Pod ${pod} in StatefulSet ${statefulSet.metadata.name}`;
    try {
      await run.client.create(PersistentVolumeClaims, wanted);
    } catch (error) {
      const message = `create Claim ${name} for ${place} failed error: ${errorText(error)}`;
      if (!isNamespaceTerminating(error)) run.note(statefulSet, { type: 'Warning', reason: 'FailedCreate', message });
      throw error;
    }
    note(run, statefulSet, 'Create', `create Claim ${name} ${place} success`);
  }
}

async function remove(run: Run, statefulSet: StatefulSet, { metadata }: Pod): Promise<void> {
  try {
    await run.client.delete(Pods, metadata, { uid: metadata.uid });
    const message = `delete Pod ${metadata.name} in StatefulSet ${statefulSet.metadata.name} successful`;
    note(run, statefulSet, 'Delete', message);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return;
    const message = `delete Pod ${metadata.name} in StatefulSet ${statefulSet.metadata.name} failed error: ${errorText(error)}`;
    run.note(statefulSet, { type: 'Warning', reason: 'FailedDelete', message });
    throw error;
  }
}

/** Pods that have ended, at a place that is to have one. */
function noteRecreation(run: Run, statefulSet: StatefulSet, { metadata, status }: Pod): void {
  const recreating = `StatefulSet ${metadata.namespace}/${statefulSet.metadata.name} is recreating`;
  if (status.phase === 'Failed') {
    const message = `${recreating} failed Pod ${metadata.name}`;
    run.note(statefulSet, { type: 'Warning', reason: 'RecreatingFailedPod', message });
  } else if (status.phase === 'Succeeded') {
    const message = `${recreating} terminated Pod ${metadata.name}`;
    run.note(statefulSet, { type: 'Normal', reason: 'RecreatingTerminatedPod', message });
  }
}

function note(run: Run, statefulSet: StatefulSet, verb: 'Create' | 'Delete', message: string): void {
  run.note(statefulSet, { type: 'Normal', reason: `Successful${verb}`, message });
}
