/**
 * How large each ReplicaSet is to be. Every function answers the ReplicaSets that change, with their new sizes.
 *
 * A rolling update takes one step a run: first the new one grows as far as the surge allows, then the old ones shrink as far
 * as enough pods are available, unhealthy pods first. A changed `replicas` is spread in proportion over all that have pods.
 */
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import { membersOf, olderFirst, sizeOf, sum, type Family } from './replica-sets.ts';
import { desiredWhenSized, maxWhenSized } from './revision.ts';
import { isRollingUpdate, maxSurge, maxUnavailable, wantedReplicas } from './strategy.ts';

export interface Size {
  readonly replicaSet: ReplicaSet;
  readonly to: number;
}

/** How large the current ReplicaSet may be next to the others; `size`: how large it is. */
export function currentSize(deployment: Deployment, members: readonly ReplicaSet[], size: number): number {
  const wanted = wantedReplicas(deployment);
  if (!isRollingUpdate(deployment) || size >= wanted) return wanted;
  const room = wanted + maxSurge(deployment) - sum(members, sizeOf);
  return room <= 0 ? size : size + Math.min(room, wanted - size);
}

export function shrinkOld(deployment: Deployment, family: Family): readonly Size[] {
  const current = family.current;
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment);
  const currentUnavailable = current === undefined ? 0 : sizeOf(current) - (current.status.availableReplicas ?? 0);
  const members = membersOf(family);
  const unhealthyBudget = sum(members, sizeOf) - minAvailable - currentUnavailable;
  if (unhealthyBudget <= 0) return [];
  const sizes = new Map(family.old.map((one) => [one, sizeOf(one)]));
  const take = (budget: number, spare: (one: ReplicaSet, size: number) => number): void => {
    let left = budget;
    for (const [one, size] of sizes) {
      const taken = Math.max(0, Math.min(left, spare(one, size)));
      sizes.set(one, size - taken);
      left -= taken;
    }
  };
  take(unhealthyBudget, (one, size) => size - (one.status.availableReplicas ?? 0));
  take(sum(members, ({ status }) => status.availableReplicas) - minAvailable, (_, size) => size);
  return changed([...sizes].map(([replicaSet, to]) => ({ replicaSet, to })));
}

/** For a changed `replicas`, and while paused. */
export function proportionalSizes(deployment: Deployment, family: Family): readonly Size[] {
  const wanted = wantedReplicas(deployment);
  const members = membersOf(family);
  const active = members.filter((one) => sizeOf(one) > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? family.current ?? family.old.at(-1));
  if (only !== undefined) return [{ replicaSet: only, to: wanted }];
  if (isSaturated(deployment, family.current)) {
    return changed(family.old.map((replicaSet) => ({ replicaSet, to: 0 })));
  }
  return isRollingUpdate(deployment) ? spread(deployment, active) : [];
}

function spread(deployment: Deployment, active: readonly ReplicaSet[]): readonly Size[] {
  const wanted = wantedReplicas(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sum(active, sizeOf);
  const newerFirst = (a: ReplicaSet, b: ReplicaSet) => olderFirst(b, a);
  const sorted = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? newerFirst(a, b) : olderFirst(a, b)));
  let added = 0;
  const sizes = sorted.map((replicaSet) => {
    const share = shareOf(fractionOf(deployment, replicaSet), toAdd, toAdd - added);
    added += share;
    return { replicaSet, to: sizeOf(replicaSet) + share };
  });
  return sizes.map(({ replicaSet, to }, i) => ({
    replicaSet,
    to: i === 0 ? Math.max(0, to + toAdd - added) : to,
  }));
}

/** What the fraction may take of what is left to add (or, when negative, to remove). */
function shareOf(fraction: number, toAdd: number, left: number): number {
  if (left === 0) return 0;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

/** By how many replicas this one would change if it kept its part of the whole. */
function fractionOf(deployment: Deployment, replicaSet: ReplicaSet): number {
  const size = sizeOf(replicaSet);
  const wanted = wantedReplicas(deployment);
  if (wanted === 0) return -size;
  const wholeBefore = maxWhenSized(replicaSet) ?? deployment.status.replicas ?? 0;
  if (wholeBefore === 0) return 0;
  return Math.round((size * (wanted + maxSurge(deployment))) / wholeBefore) - size;
}

/** All that is wanted is current and available. */
function isSaturated(deployment: Deployment, current: ReplicaSet | undefined): boolean {
  if (current === undefined) return false;
  const wanted = wantedReplicas(deployment);
  const sizes = [desiredWhenSized(current), sizeOf(current), current.status.availableReplicas ?? 0];
  return sizes.every((size) => size === wanted);
}

function changed(sizes: readonly Size[]): readonly Size[] {
  return sizes.filter(({ replicaSet, to }) => sizeOf(replicaSet) !== to);
}
