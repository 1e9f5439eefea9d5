/** Brings the pods of one DaemonSet to the nodes that are eligible. */
import type { ControllerRevision, DaemonSet } from '../../api/groups/apps.v1.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { ControllerRevisions, DaemonSets, Nodes, Pods } from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { claim, enqueueOwners } from '../dependents.ts';
import { controllerReference } from '../owner.ts';
import { createPods, deletePods } from '../pod-writes.ts';
import { hashOf, planTruncation, revisionLabel } from '../revision-history.ts';
import { ensureRevision, removeRevisions } from '../revision-writes.ts';
import { nextAvailableMs } from '../pod-state.ts';
import { same } from '../same.ts';
import { daemonPod, eligibility } from './daemon-pod.ts';
import { planDaemonPods, planDaemonSetStatus, type Observed } from './plan.ts';

interface Copies {
  readonly daemonSets: Informer<DaemonSet>;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly revisions: Informer<ControllerRevision>;
}

export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  alias: 'daemonset',
  start({ informer, enqueue }) {
    const copies: Copies = {
      daemonSets: informer(DaemonSets),
      pods: informer(Pods),
      nodes: informer(Nodes),
      revisions: informer(ControllerRevisions),
    };
    const { daemonSets, pods, nodes, revisions } = copies;
    daemonSets.onChange(({ object }) => enqueue(objectKey(object)));
    const selectorOf = ({ spec }: DaemonSet) => spec.selector;
    enqueueOwners({ owners: daemonSets, dependents: pods, selectorOf, enqueue });
    enqueueOwners({ owners: daemonSets, dependents: revisions, selectorOf, enqueue });
    nodes.onChange((change) => {
      for (const daemonSet of daemonSets.list()) {
        const now = eligibility(daemonSet, change.object);
        const before = change.type === 'updated' ? eligibility(daemonSet, change.previous) : undefined;
        if (change.type !== 'updated' || !same(now, before)) enqueue(objectKey(daemonSet));
      }
    });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const { namespace, name } = splitKey(key);
  const daemonSet = copies.daemonSets.get(namespace, name);
  if (daemonSet === undefined) return;
  const ownership = { owner: daemonSet, ownerResource: DaemonSets, selector: daemonSet.spec.selector };
  const pods = await claim(run, { ...ownership, resource: Pods, dependents: copies.pods });
  const revisions = await claim(run, {
    ...ownership,
    resource: ControllerRevisions,
    dependents: copies.revisions,
  });
  const current = await currentRevision(run, daemonSet, revisions);
  const observed: Observed = { daemonSet, nodes: copies.nodes.list(), pods, hash: hashOf(current), nowMs: run.nowMs };
  const plan = planDaemonPods(observed);
  for (const note of plan.notes) run.note(daemonSet, note);
  const create = plan.create.map((node) => daemonPod(daemonSet, node, observed.hash));
  await deletePods(run, daemonSet, plan.remove);
  await createPods(run, daemonSet, create);
  const live = new Set([observed.hash, ...pods.map(({ metadata }) => metadata.labels?.[revisionLabel] ?? '')]);
  await removeRevisions(
    run,
    planTruncation(revisions, (one) => live.has(hashOf(one)), daemonSet.spec.revisionHistoryLimit),
  );
  const status = planDaemonSetStatus(observed);
  if (!same(status, daemonSet.status)) await run.client.updateStatus(DaemonSets, { ...daemonSet, status });
  const atMs = nextAvailableMs(pods, daemonSet.spec.minReadySeconds ?? 0, run.nowMs);
  return atMs === undefined ? undefined : { afterMs: atMs - run.nowMs };
}

async function currentRevision(
  run: Run,
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
): Promise<ControllerRevision> {
  const { metadata, spec, status } = daemonSet;
  const { name, namespace, annotations } = metadata;
  const reference = controllerReference(DaemonSets, daemonSet);
  const { collisionCount } = status;
  const owner = { name, namespace, annotations, template: spec.template, reference, collisionCount };
  const current = await ensureRevision(run, owner, revisions);
  if (current !== 'collision') return current;
  const next = { ...status, collisionCount: (collisionCount ?? 0) + 1 };
  await run.client.updateStatus(DaemonSets, { ...daemonSet, status: next });
  throw new Error(`Cannot keep the revision of DaemonSet "${name}": its name is taken, the next hash will differ`);
}
