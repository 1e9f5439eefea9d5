/** Which changes help which pods, by the plugin that refused them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterEvent } from './framework.ts';
import { NodeTable } from './node-table.ts';
import { podInfo } from './pod-info.ts';
import { defaultPlugins } from './plugins/default-plugins.ts';
import { queueingHints } from './queueing-hints.ts';
import { testNode, testPod, type PodSketch } from './test-objects.ts';

const zone = 'topology.kubernetes.io/zone';
const hints = queueingHints(defaultPlugins);
const web = { labelSelector: { matchLabels: { app: 'web' } } };
const inZone = { topologyKey: zone, ...web };
const required = { requiredDuringSchedulingIgnoredDuringExecution: [inZone] };

const nodeAdded = (sketch: Parameters<typeof testNode>[1]): ClusterEvent => ({
  change: 'node added',
  node: testNode('n', sketch),
});
const gone = (sketch: PodSketch): ClusterEvent => ({
  change: 'assigned pod deleted',
  pod: podInfo(testPod('other', sketch)),
});
const came = (sketch: PodSketch): ClusterEvent => ({ ...gone(sketch), change: 'pod assigned' });

interface Case {
  readonly plugin: string;
  readonly pod: PodSketch;
  readonly helped: readonly ClusterEvent[];
  readonly not: readonly ClusterEvent[];
}

const cases: readonly Case[] = [
  {
    plugin: 'NodeResourcesFit',
    pod: { requests: { cpu: '6' } },
    helped: [
      nodeAdded({ allocatable: { cpu: '8' } }),
      gone({}),
      {
        change: 'node allocatable changed',
        node: testNode('n', { allocatable: { cpu: '6' } }),
        previousNode: testNode('n'),
      },
    ],
    not: [
      nodeAdded({ allocatable: { cpu: '4' } }),
      came({}),
      {
        change: 'node allocatable changed',
        node: testNode('n', { allocatable: { cpu: '8', memory: '9Gi' } }),
        previousNode: testNode('n', { allocatable: { cpu: '8' } }),
      },
    ],
  },
  {
    plugin: 'TaintToleration',
    pod: {},
    helped: [
      nodeAdded({}),
      {
        change: 'node taints changed',
        node: testNode('n'),
        previousNode: testNode('n', { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
      },
    ],
    not: [nodeAdded({ taints: [{ key: 'a', effect: 'NoSchedule' }] }), gone({})],
  },
  {
    plugin: 'NodeAffinity',
    pod: { nodeSelector: { disk: 'ssd' } },
    helped: [nodeAdded({ labels: { disk: 'ssd' } })],
    not: [
      nodeAdded({}),
      {
        change: 'node labels changed',
        node: testNode('n', { labels: { disk: 'ssd', x: 'y' } }),
        previousNode: testNode('n', { labels: { disk: 'ssd' } }),
      },
    ],
  },
  {
    plugin: 'NodePorts',
    pod: { hostPort: 80 },
    helped: [gone({ hostPort: 80 }), nodeAdded({})],
    not: [gone({ hostPort: 81 }), gone({})],
  },
  {
    plugin: 'PodTopologySpread',
    pod: { topologySpreadConstraints: [{ ...inZone, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
    helped: [nodeAdded({ labels: { [zone]: 'a' } }), gone({ labels: { app: 'web' } })],
    not: [nodeAdded({}), gone({ labels: { app: 'db' } }), gone({ labels: { app: 'web' }, namespace: 'other' })],
  },
  {
    plugin: 'InterPodAffinity',
    pod: { affinity: { podAffinity: required } },
    helped: [came({ labels: { app: 'web' } }), nodeAdded({ labels: { [zone]: 'a' } })],
    not: [came({ labels: { app: 'db' } }), nodeAdded({})],
  },
  {
    plugin: 'InterPodAffinity',
    pod: { labels: { app: 'web' } },
    helped: [gone({ affinity: { podAntiAffinity: required } }), nodeAdded({})],
    not: [gone({ labels: { app: 'web' } })],
  },
];

for (const [at, { plugin, pod, helped, not }] of cases.entries()) {
  test(`queueingHints() tells what helps a pod that ${plugin} refused (${at})`, () => {
    const info = podInfo(testPod('waiting', pod));
    defaultPlugins.find(({ name }) => name === plugin)?.preFilter?.(info, new NodeTable());
    const refusedBy = new Set([plugin]);
    for (const event of helped) assert(hints.helps(event, info, refusedBy), JSON.stringify(event));
    for (const event of not) assert(!hints.helps(event, info, refusedBy), JSON.stringify(event));
  });
}
