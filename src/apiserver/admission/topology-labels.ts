/** PodTopologyLabels: a pod that gets a node gets the zone and region of that node as labels. */
import type { Binding, Pod } from '../../api/groups/core.v1.ts';
import type { Draft } from '../../api/descriptor.ts';
import { Pods } from '../../api/resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin } from './admission.ts';

const labels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];
const noNode: { readonly labels: Readonly<Record<string, string>> } = { labels: {} };

interface Labelled {
  metadata?: { labels?: Record<string, string> | undefined } | undefined;
}

export function createPodTopologyLabels(nodes: Served): AdmissionPlugin {
  const label = (draft: Labelled, nodeName: string): Promise<void> | void => {
    const merge = (): void => {
      const { labels: given } = nodes.cache.get(storageKey(nodes, undefined, nodeName)) ?? noNode;
      for (const name of labels) {
        const value = given[name];
        if (value === undefined) continue;
        draft.metadata ??= {};
        draft.metadata.labels = { ...draft.metadata.labels, [name]: value };
      }
    };
    return nodes.cache.loaded ? merge() : nodes.cache.ready().then(merge);
  };
  return {
    name: 'PodTopologyLabels',
    about: [Pods],
    mutate({ subresource, operation, object }) {
      if (operation !== 'CREATE') return;
      if (subresource === 'binding') {
        const binding = object as unknown as Draft<Binding>;
        const { kind = 'Node', name = '' } = binding.target;
        if (kind === 'Node' || kind === '') return label(binding, name);
      }
      if (subresource !== '') return;
      const pod = object as unknown as Draft<Pod>;
      const { nodeName = '' } = pod.spec;
      if (nodeName !== '') return label(pod, nodeName);
    },
  };
}
