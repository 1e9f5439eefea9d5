/**
 * Brings the roles and bindings that every cluster has up to date when a server starts: labels, annotations, rules,
 * selectors and subjects that this version expects and that are missing are added. What administrators added stays, and
 * an object whose annotation `autoupdate` says "false" is left as it is.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
import { isDeepStrictEqual } from 'node:util';
import { isApiError } from '../../api/api-error.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/groups/rbac.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Json } from '../../api/schema.ts';
import { errorText } from '../../base/log.ts';
import type { Api } from '../api.ts';
import { missingRules } from '../authorization/escalation.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey } from '../registry/served.ts';
import { deleteOne } from '../verbs/delete.ts';
import { update } from '../verbs/update.ts';
import { completeSeed, seedMissing, type Seed } from './seed.ts';

type AnyRole = (ClusterRole | Role) & Pick<ClusterRole, 'aggregationRule'>;
type AnyBinding = ClusterRoleBinding | RoleBinding;

/** `wrongRole`: a binding leads elsewhere, which no update may change: it is to be made anew. */
type Mending = { readonly type: 'update'; readonly object: KubeObject } | { readonly type: 'wrongRole' };

/** Looks at each of the seeds that exists. A failure is told and keeps no server from starting. */
export async function mendRoles(api: Api, resource: AnyResource, seeds: readonly Seed<KubeObject>[]): Promise<void> {
  const served = api.resources.of(resource);
  for (const seed of seeds) {
    const { name, namespace } = seed.metadata;
    const existing = served.cache.get(storageKey(served, namespace, name))?.object as KubeObject | undefined;
    if (existing === undefined) continue;
    const mending = planMending(existing, completeSeed(api, served, seed));
    if (mending === undefined) continue;
    try {
      if (mending.type === 'update') {
        const body = mending.object as unknown as Json;
        await update(api, served, ownRequest(served, { verb: 'update', name, namespace, body }));
      } else {
        await deleteOne(api, served, ownRequest(served, { verb: 'delete', name, namespace }));
        await seedMissing(api, resource, [seed]);
      }
    } catch (error) {
      if (!isApiError(error)) throw error;
      api.log.warn('Could not bring a default of RBAC up to date', { name, why: errorText(error) });
    }
  }
}

const protection = 'rbac.authorization.kubernetes.io/autoupdate';

/** What is to be done that `existing` has all that `expected` has; undefined: nothing. */
export function planMending(existing: KubeObject, expected: KubeObject): Mending | undefined {
  if (existing.metadata.annotations?.[protection] === 'false') return undefined;
  const isBinding = 'roleRef' in expected;
  if (isBinding && !isDeepStrictEqual((existing as AnyBinding).roleRef, (expected as AnyBinding).roleRef)) {
    return { type: 'wrongRole' };
  }
  const body = isBinding
    ? { ...existing, subjects: mendedSubjects(existing as AnyBinding, expected as AnyBinding) }
    : { ...existing, ...mendedRules(existing as AnyRole, expected as AnyRole) };
  const labels = { ...expected.metadata.labels, ...existing.metadata.labels };
  const annotations = { ...expected.metadata.annotations, ...existing.metadata.annotations };
  const object = { ...body, metadata: { ...existing.metadata, labels, annotations } };
  return isDeepStrictEqual(plain(object), plain(existing)) ? undefined : { type: 'update', object };
}

/** Without what is there and undefined. */
const plain = (object: object): unknown => JSON.parse(JSON.stringify(object));

function mendedRules(existing: AnyRole, expected: AnyRole): Pick<AnyRole, 'rules' | 'aggregationRule'> {
  const held = existing.rules ?? [];
  const wanted = expected.rules ?? [];
  const missing = isDeepStrictEqual(held, wanted) ? [] : missingRules(held, wanted);
  const rules = missing.length === 0 ? existing.rules : [...held, ...missing];
  const wantedSelectors = expected.aggregationRule?.clusterRoleSelectors ?? [];
  const selectors = existing.aggregationRule?.clusterRoleSelectors ?? [];
  const missingSelectors = without(wantedSelectors, selectors);
  let { aggregationRule } = existing;
  if (expected.aggregationRule === undefined) aggregationRule = undefined;
  else if (missingSelectors.length > 0) aggregationRule = { clusterRoleSelectors: [...selectors, ...missingSelectors] };
  return { rules, aggregationRule };
}

function mendedSubjects(existing: AnyBinding, expected: AnyBinding): AnyBinding['subjects'] {
  const missing = without(expected.subjects ?? [], existing.subjects ?? []);
  return missing.length === 0 ? existing.subjects : [...(existing.subjects ?? []), ...missing];
}

/** Those of `all` that `others` lack. */
const without = <T>(all: readonly T[], others: readonly T[]): readonly T[] =>
  all.filter((one) => !others.some((other) => isDeepStrictEqual(one, other)));
