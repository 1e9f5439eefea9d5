/**
 * The groups that are served, here and by extension servers, in the order in which clients look a kind up: by the priority
 * that APIServices give the group (the highest of its versions'), then by name; their versions by priority, then as version
 * numbers go.
 */
import type { Api } from '../api.ts';
import { compareVersions } from '../custom-resources/version-order.ts';
import { customPriority } from './aggregation.ts';

export interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
}

/** The group of APIServices itself has none, and comes before all others. */
const own = 'apiregistration.k8s.io';
const ownPriority = { group: Infinity, version: 1 };

export function orderedGroups({ resources, aggregation }: Api): GroupVersions[] {
  const groups = new Map<string, Set<string>>();
  const add = (group: string, version: string): void => {
    const versions = groups.get(group) ?? new Set();
    groups.set(group, versions.add(version));
  };
  for (const { resource } of resources.all()) add(resource.group, resource.version);
  for (const { group, version } of aggregation.all()) add(group, version);
  const priority = (group: string, version: string) =>
    group === own ? ownPriority : (aggregation.priorityOf(group, version) ?? customPriority);
  const ranked = [...groups].map(([group, versions]) => ({
    group,
    priority: Math.max(...[...versions].map((version) => priority(group, version).group)),
    versions: [...versions].toSorted(
      (a, b) => priority(group, b).version - priority(group, a).version || compareVersions(a, b),
    ),
  }));
  return ranked
    .toSorted((a, b) => b.priority - a.priority || (a.group < b.group ? -1 : 1))
    .map(({ group, versions }) => ({ group, versions }));
}
