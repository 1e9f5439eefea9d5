/**
 * Where objects lie in the store: the layout of Kubernetes' own keys, so that tools that read etcd find what they know.
 * `/registry/RESOURCE/…` for most; some old resources have other names, and a few groups stand in the key.
 */
import type { AnyResource } from '../../api/resource.ts';

const oldNames: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  ingresses: 'ingress',
  podsecuritypolicies: 'podsecuritypolicy',
};

const groupsInKeys = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

export function storagePrefix(resource: AnyResource): string {
  const name = oldNames[resource.plural] ?? resource.plural;
  return groupsInKeys.has(resource.group) ? `/registry/${resource.group}/${name}/` : `/registry/${name}/`;
}
