/** What a write takes from a quota: the new status, or why it may not. Pure. */
import type { Pod, ResourceQuota } from '../../../api/groups/core.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { matchesQuotaScopes } from '../../../api/objects/quota-scopes.ts';
import { countsTowards, quotaUsage } from '../../../api/objects/quota-usage.ts';
import { compareQuantities, formatQuantity } from '../../../api/quantity.ts';
import type { AnyResource } from '../../../api/resource.ts';
import { Pods } from '../../../api/resources.ts';
import { addAmounts, amountsBeyond, pickAmounts, readAmounts, writeAmounts, type Amounts } from '../amounts.ts';
import { missingDemands } from './missing-demands.ts';

export interface Write {
  readonly object: KubeObject;
  /** Undefined for creations. */
  readonly old: KubeObject | undefined;
  readonly resource: AnyResource;
  readonly nowMs: number;
}

export type Charge =
  /** `used`: undefined when the write takes nothing from this quota. */
  | { readonly ok: true; readonly used: Readonly<Record<string, string>> | undefined }
  | { readonly ok: false; readonly why: string };

const nothing: Charge = { ok: true, used: undefined };

/** What a quota needs before it can count: all quotas are asked this before any of them is charged. Undefined: nothing. */
export function obstacle(quota: ResourceQuota, write: Write): string | undefined {
  const { resource, object } = write;
  const { name } = quota.metadata;
  const bounded = boundedBy(quota, write);
  if (bounded.length === 0) return undefined;
  const missing = resource === Pods ? missingDemands(object as Pod, bounded) : undefined;
  if (missing !== undefined) return `failed quota: ${name}: ${missing}`;
  const known = readAmounts(quota.status?.used);
  if (bounded.every((one) => known[one] !== undefined)) return undefined;
  return `status unknown for quota: ${name}, resources: ${bounded.toSorted().join(',')}`;
}

export function charge(quota: ResourceQuota, write: Write): Charge {
  if (boundedBy(quota, write).length === 0) return nothing;
  const { name } = quota.metadata;
  const hard = readAmounts(quota.status?.hard);
  const used = readAmounts(quota.status?.used);
  const asked = pickAmounts(delta(write), (one, amount) => amount.nanos !== 0n && hard[one] !== undefined);
  if (Object.keys(asked).length === 0) return nothing;
  const after = addAmounts(used, asked);
  const exceeded = (one: string): boolean => {
    const [now, bound] = [after[one], hard[one]];
    return asked[one] !== undefined && now !== undefined && bound !== undefined && compareQuantities(now, bound) > 0;
  };
  if (!Object.keys(asked).some(exceeded)) return { ok: true, used: writeAmounts(after) };
  const text = (amounts: Amounts): string => amountsText(pickAmounts(amounts, exceeded));
  const why = `exceeded quota: ${name}, requested: ${text(asked)}, used: ${text(used)}, limited: ${text(hard)}`;
  return { ok: false, why };
}

/** What the quota bounds of such objects; nothing when the object is none of its scopes. */
function boundedBy(quota: ResourceQuota, { resource, object }: Write): readonly string[] {
  const bounded = Object.keys(quota.status?.hard ?? {}).filter((one) => countsTowards(resource, one));
  return bounded.length > 0 && matchesQuotaScopes(quota.spec, resource, object) ? bounded : [];
}

/** What the write takes beyond what the object takes already. */
function delta({ object, old, resource, nowMs }: Write): Amounts {
  const usage = quotaUsage(resource, object, nowMs);
  return old === undefined ? usage : amountsBeyond(usage, quotaUsage(resource, old, nowMs));
}

const amountsText = (amounts: Amounts): string =>
  Object.entries(amounts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name}=${formatQuantity(amount)}`)
    .join(',');
