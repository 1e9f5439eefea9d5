/**
 * One step of a Deployment towards its template and its number of replicas. A step is small: make the current ReplicaSet, or
 * change some sizes, or remove history; what follows from it is planned when it has been observed.
 */
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { ReplicaSets, Deployments } from '../../api/resources.ts';
import { findCondition } from '../condition.ts';
import { controllerReference } from '../owner.ts';
import { isPodFinished } from '../pod-state.ts';
import { same } from '../same.ts';
import { templateHash } from '../template-hash.ts';
import { hashLabel, membersOf, sizeOf, sortFamily, sum, type Family } from './replica-sets.ts';
import {
  currentAnnotations,
  desiredWhenSized,
  nextRevision,
  revisionAnnotation,
  revisionOf,
  withSizeAnnotations,
} from './revision.ts';
import { currentSize, proportionalSizes, shrinkOld, type Size } from './sizes.ts';
import { isComplete, type Progress } from './status.ts';
import { isRollingUpdate, progressDeadlineMs, wantedReplicas } from './strategy.ts';

export type NewReplicaSet = NonNullable<(typeof ReplicaSets.kind)['input']>;

export interface Observed {
  readonly deployment: Deployment;
  /** The ReplicaSets it owns. */
  readonly replicaSets: readonly ReplicaSet[];
  /** The pods of one of them. */
  readonly podsOf: (replicaSet: ReplicaSet) => readonly Pod[];
}

export interface Plan {
  readonly family: Family;
  /** The current ReplicaSet, where there is none. */
  readonly create: NewReplicaSet | undefined;
  /** ReplicaSets as they are to be. */
  readonly update: readonly ReplicaSet[];
  readonly remove: readonly ReplicaSet[];
  /** The revision that the Deployment's annotation is to name. */
  readonly revision: string | undefined;
  readonly progress: Progress | undefined;
  /** A rollout is under way or may be: its progress is measured. */
  readonly rollout: boolean;
}

export function planDeployment(observed: Observed): Plan {
  const { deployment, replicaSets } = observed;
  const family = sortFamily(deployment, replicaSets);
  const idle: Plan = {
    family,
    create: undefined,
    update: [],
    remove: [],
    revision: undefined,
    progress: undefined,
    rollout: false,
  };
  if (deployment.metadata.deletionTimestamp !== undefined) return idle;
  const paused = deployment.spec.paused === true;
  const plan: Plan = { ...idle, ...planRevision(deployment, family), progress: planProgress(deployment, family) };
  if (paused || isScalingEvent(deployment, replicaSets)) {
    const update = resize(deployment, plan.update, proportionalSizes(deployment, family));
    return { ...plan, update, remove: paused ? planCleanup(deployment, family) : [] };
  }
  return { ...plan, rollout: true, ...planRollout(observed, family, plan.update) };
}

/** Brings the annotations of the current ReplicaSet up to date, then those of the Deployment. */
function planRevision(deployment: Deployment, { current, old }: Family): Partial<Plan> {
  if (current === undefined) return {};
  const before = current.metadata.annotations ?? {};
  const annotations = currentAnnotations(deployment, before, nextRevision(old));
  const minReadySeconds = deployment.spec.minReadySeconds;
  const next = {
    ...current,
    metadata: { ...current.metadata, annotations },
    spec: { ...current.spec, minReadySeconds },
  };
  const revision = annotations[revisionAnnotation];
  return {
    update: same(next, current) ? [] : [next],
    revision: revision === deployment.metadata.annotations?.[revisionAnnotation] ? undefined : revision,
  };
}

function planProgress(deployment: Deployment, { current }: Family): Progress | undefined {
  if (progressDeadlineMs(deployment) === undefined) return undefined;
  const condition = findCondition(deployment.status.conditions, 'Progressing');
  const paused = deployment.spec.paused === true;
  const pausedBefore = condition?.reason === 'DeploymentPaused';
  if (condition?.reason !== 'ProgressDeadlineExceeded' && paused !== pausedBefore) {
    return paused
      ? { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }
      : { status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  }
  if (condition !== undefined || current === undefined) return undefined;
  const message = `Found new replica set "${current.metadata.name}"`;
  return { status: 'True', reason: 'FoundNewReplicaSet', message };
}

function planRollout(observed: Observed, family: Family, update: readonly ReplicaSet[]): Partial<Plan> {
  const { deployment } = observed;
  const sizes = isRollingUpdate(deployment) ? rollingSizes(deployment, family) : recreateSizes(observed, family);
  if (sizes === 'wait') return {};
  if (sizes.length > 0) return { update: resize(deployment, update, sizes) };
  if (family.current === undefined) return { create: newReplicaSet(deployment, family) };
  return { remove: isComplete(deployment, deployment.status) ? planCleanup(deployment, family) : [] };
}

function rollingSizes(deployment: Deployment, family: Family): readonly Size[] {
  const { current } = family;
  if (current === undefined) return [];
  const to = currentSize(deployment, membersOf(family), sizeOf(current));
  return to === sizeOf(current) ? shrinkOld(deployment, family) : [{ replicaSet: current, to }];
}

/** First all old pods go, then the new ones come. */
function recreateSizes({ deployment, podsOf }: Observed, { current, old }: Family): readonly Size[] | 'wait' {
  const active = old.filter((one) => sizeOf(one) > 0);
  if (active.length > 0) return active.map((replicaSet) => ({ replicaSet, to: 0 }));
  const running = (one: ReplicaSet) => podsOf(one).some((pod) => !isPodFinished(pod));
  if (sum(old, ({ status }) => status.replicas) > 0 || old.some(running)) return 'wait';
  if (current === undefined || sizeOf(current) === wantedReplicas(deployment)) return [];
  return [{ replicaSet: current, to: wantedReplicas(deployment) }];
}

/** `update`: what else is to change in some of them. */
function resize(deployment: Deployment, update: readonly ReplicaSet[], sizes: readonly Size[]): readonly ReplicaSet[] {
  const byUid = new Map(update.map((one) => [one.metadata.uid, one]));
  for (const { replicaSet, to } of sizes) {
    const base = byUid.get(replicaSet.metadata.uid) ?? replicaSet;
    const annotations = withSizeAnnotations(deployment, base.metadata.annotations ?? {});
    const next = { ...base, metadata: { ...base.metadata, annotations }, spec: { ...base.spec, replicas: to } };
    if (!same(next, replicaSet) || sizeOf(replicaSet) !== to) byUid.set(replicaSet.metadata.uid, next);
  }
  return [...byUid.values()];
}

/** The Deployment wants another number of replicas than when its ReplicaSets were sized. */
function isScalingEvent(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return replicaSets.some((one) => {
    const desired = desiredWhenSized(one);
    return sizeOf(one) > 0 && desired !== undefined && desired !== wantedReplicas(deployment);
  });
}

/** Old ReplicaSets without pods beyond the history that is kept, the lowest revisions first. */
function planCleanup(deployment: Deployment, { old }: Family): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2 ** 31 - 1) return [];
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const oldest = alive
    .toSorted((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1))
    .slice(0, Math.max(0, alive.length - limit));
  return oldest.filter(
    (one) =>
      sizeOf(one) === 0 &&
      one.status.replicas === 0 &&
      (one.metadata.generation ?? 0) <= (one.status.observedGeneration ?? 0),
  );
}

/** Its name follows from the template, so that making it twice is a conflict and not a second one. */
function newReplicaSet(deployment: Deployment, family: Family): NewReplicaSet {
  const { name, namespace } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata.labels, [hashLabel]: hash };
  const annotations = currentAnnotations(deployment, {}, nextRevision(family.old));
  return {
    apiVersion: ReplicaSets.apiVersion,
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: withSizeAnnotations(deployment, annotations),
      ownerReferences: [controllerReference(Deployments, deployment)],
    },
    spec: {
      replicas: currentSize(deployment, family.old, 0),
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
