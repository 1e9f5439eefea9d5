/** PodTopologyLabels: a pod that gets a node gets the zone and region of that node as labels. */
import type { Binding, Pod } from '../../api/groups/core.v1.ts';
import type { Draft } from '../../api/descriptor.ts';
import { Pods } from '../../api/resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin } from './admission.ts';
import { objectOf } from './refusal.ts';

const labels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];
const noNode: { readonly labels: Readonly<Record<string, string>> } = { labels: {} };

export function createPodTopologyLabels(nodes: Served): AdmissionPlugin {
  const topologyOf = async (nodeName: string): Promise<Record<string, string>> => {
    await nodes.cache.ready();
    const { labels: given } = nodes.cache.get(storageKey(nodes, undefined, nodeName)) ?? noNode;
    const found = labels.map((label) => [label, given[label]] as const);
    return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
  };
  return {
    name: 'PodTopologyLabels',
    async mutate(request) {
      const { served, subresource, operation } = request;
      if (served.resource === Pods && subresource === 'binding' && operation === 'CREATE') {
        const binding = request.object as unknown as Draft<Binding>;
        const { kind = 'Node', name = '' } = binding.target;
        if (kind === 'Node' || kind === '') merge(binding, await topologyOf(name));
        return;
      }
      const pod = objectOf<Pod>(request, Pods, 'CREATE');
      const { nodeName = '' } = pod?.spec ?? {};
      if (pod !== undefined && nodeName !== '') merge(pod, await topologyOf(nodeName));
    },
  };
}

function merge(draft: { metadata?: { labels?: Record<string, string> | undefined } | undefined }, added: object): void {
  if (Object.keys(added).length === 0) return;
  draft.metadata ??= {};
  draft.metadata.labels = { ...draft.metadata.labels, ...added };
}
