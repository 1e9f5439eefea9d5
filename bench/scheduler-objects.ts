/** The nodes and pods of a workload as objects of the API, each built anew: no two share anything. */
import type { Node, Pod } from '../src/api/groups/core.v1.ts';
import { testNode, testPod } from '../src/scheduler/test-objects.ts';
import type { PodTemplate, Workload } from './scheduler-workloads.ts';

export function nodeOf(workload: Workload, index: number): Node {
  const { nodeLabels, allocatable = { cpu: '4', memory: '32Gi', pods: '110' } } = workload;
  return testNode(`node-${index}`, {
    allocatable,
    ...(nodeLabels === undefined ? {} : { labels: nodeLabels(index) }),
  });
}

export function podOf({ namespace, labels, requests, spec, owner }: PodTemplate, name: string): Pod {
  const pod = testPod(name, { namespace, requests, ...(labels === undefined ? {} : { labels }), ...spec });
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'owner', uid: owner ?? '', controller: true };
  const metadata = owner === undefined ? pod.metadata : { ...pod.metadata, ownerReferences: [reference] };
  return JSON.parse(JSON.stringify({ ...pod, metadata })) as Pod;
}
