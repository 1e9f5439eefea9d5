/**
 * What is used of a ResourceQuota, counted anew over everything that is there. The API server adds to the status what it
 * admits; only this takes away again, and mends what went wrong in between.
 */
import type { Pod, ResourceQuota, ResourceQuotaStatus } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { matchesQuotaScopes } from '../../api/objects/quota-scopes.ts';
import { countsTowards, podReleasedAtMs, quotaUsage } from '../../api/objects/quota-usage.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityFromNumber,
  type Quantity,
} from '../../api/quantity.ts';
import type { AnyResource } from '../../api/resource.ts';
import { Pods } from '../../api/resources.ts';

/** All objects of one resource in the quota's namespace. */
export interface Counted {
  readonly resource: AnyResource;
  readonly objects: readonly KubeObject[];
}

/** The status it should have, or undefined when it has it. What nobody can count stays as it was. */
export function planQuotaStatus(
  quota: ResourceQuota,
  counted: readonly Counted[],
  nowMs: number,
): ResourceQuotaStatus | undefined {
  const hard = quota.spec.hard ?? {};
  const before = quota.status.used ?? {};
  const names = Object.keys(hard);
  const used = Object.fromEntries(Object.entries(before).filter(([name]) => hard[name] !== undefined));
  for (const one of counted) {
    for (const [name, amount] of usageOf(quota, one, nowMs)) {
      const known = used[name];
      // A status that says the same in another notation is true.
      if (known === undefined || compareQuantities(parseQuantity(known), amount) !== 0)
        used[name] = formatQuantity(amount);
    }
  }
  const isTrue = sameTexts(hard, quota.status.hard ?? {}) && sameTexts(used, before);
  const isKnown = names.length === 0 || quota.status.hard !== undefined;
  return isTrue && isKnown ? undefined : { hard, used };
}

/** Whether a change from one object to the other changes what counts for the quota, now or later by itself. */
export function changesUsage(
  quota: ResourceQuota,
  resource: AnyResource,
  [before, after]: readonly [KubeObject, KubeObject],
  nowMs: number,
): boolean {
  if (resource === Pods && podReleasedAtMs(before as Pod) !== podReleasedAtMs(after as Pod)) return true;
  const [old, now] = [before, after].map((object) => usageOf(quota, { resource, objects: [object] }, nowMs));
  return [...(now ?? [])].some(([name, amount]) => old?.get(name)?.nanos !== amount.nanos);
}

/** When the next of these pods stops to count though nothing is written. */
export function nextReleaseMs(pods: readonly Pod[], nowMs: number): number | undefined {
  const times = pods.map(podReleasedAtMs).filter((atMs) => atMs !== undefined && atMs >= nowMs);
  return times.length === 0 ? undefined : Math.min(...(times as number[]));
}

/** By name of the quota: zero for what none of the objects takes. */
function usageOf(quota: ResourceQuota, { resource, objects }: Counted, nowMs: number): ReadonlyMap<string, Quantity> {
  const names = Object.keys(quota.spec.hard ?? {}).filter((name) => countsTowards(resource, name));
  const sums = new Map(names.map((name) => [name, quantityFromNumber(0)]));
  if (names.length === 0) return sums;
  for (const object of objects) {
    if (!matchesQuotaScopes(quota.spec, resource, object)) continue;
    const usage = quotaUsage(resource, object, nowMs);
    for (const [name, sum] of sums) {
      const amount = usage[name];
      if (amount !== undefined) sums.set(name, addQuantities(sum, amount));
    }
  }
  return sums;
}

function sameTexts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
