/**
 * The APIServices of what this server itself answers. Those of Kubernetes' own groups are made at the start (bootstrap) and
 * then left alone; those of custom resources come and go with their definitions, and are put right when somebody changes
 * them. The label says which is which; an APIService without it is never touched.
 */
import { samePlain } from '../../api/equality.ts';
import type { APIService, APIServiceSpec } from '../../api/groups/apiregistration.v1.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { customPriority } from './aggregation.ts';

export const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
export const continuously = 'true';

export type RegistrationPlan =
  | 'none'
  | 'delete'
  | { readonly create: APIServiceSpec }
  | { readonly update: APIServiceSpec };

/** The names of the APIServices that custom resources need now, with what they say. */
export function wantedRegistrations(resources: ServedResources): ReadonlyMap<string, APIServiceSpec> {
  const wanted = new Map<string, APIServiceSpec>();
  for (const { resource } of resources.all()) {
    const { group, version } = resource;
    if (!resources.isBuiltinGroup(group)) wanted.set(`${version}.${group}`, registrationOf(group, version));
  }
  return wanted;
}

/** What the APIService of a name, such as `v1.example.com`, says, if custom resources need it. */
export function wantedRegistration(resources: ServedResources, name: string): APIServiceSpec | undefined {
  const dot = name.indexOf('.');
  const [version, group] = [name.slice(0, dot), name.slice(dot + 1)];
  if (dot < 0 || resources.isBuiltinGroup(group)) return undefined;
  const isServed = resources.all().some(({ resource }) => resource.group === group && resource.version === version);
  return isServed ? registrationOf(group, version) : undefined;
}

function registrationOf(group: string, version: string): APIServiceSpec {
  return {
    group,
    version,
    groupPriorityMinimum: customPriority.group,
    versionPriority: customPriority.version,
  };
}

/** What to do about one name. */
export function planRegistration(
  wanted: APIServiceSpec | undefined,
  existing: APIService | undefined,
): RegistrationPlan {
  if (existing === undefined) return wanted === undefined ? 'none' : { create: wanted };
  if (existing.metadata.labels?.[managedLabel] !== continuously) return 'none';
  if (wanted === undefined) return 'delete';
  return samePlain(existing.spec, wanted) ? 'none' : { update: wanted };
}
