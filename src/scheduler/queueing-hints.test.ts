/** Which changes help which pods, by the plugin that refused them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../api/kind.ts';
import type { ClusterEvent } from './framework.ts';
import { NodeTable } from './node-table.ts';
import { podInfo } from './pod-info.ts';
import { defaultPlugins } from './plugins/default-plugins.ts';
import { queueingHints } from './queueing-hints.ts';
import { testDeviceClass, testResourceClaim, testResourceSlice, usingResourceClaims } from './test-devices.ts';
import { testNode, testPod, type PodSketch } from './test-objects.ts';
import { testClaim, testClass, testVolume, usingClaims } from './test-volumes.ts';

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

const resized = (before: string, after: string): ClusterEvent => ({
  change: 'assigned pod changed',
  pod: podInfo(testPod('other', { requests: { cpu: after } })),
  previousPod: podInfo(testPod('other', { requests: { cpu: before } })),
});
function about(object: KubeObject, previous?: KubeObject, isGone = false): ClusterEvent {
  const isDevice = ['ResourceClaim', 'ResourceSlice', 'DeviceClass'].includes(object.kind ?? '');
  return { change: isDevice ? 'device changed' : 'volume changed', about: { object, previous, isGone } };
}
const allocated = (name: string) => testResourceClaim(name, {}, { allocation: { devices: {} } });

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
      resized('7', '6'),
      {
        change: 'node allocatable changed',
        node: testNode('n', { allocatable: { cpu: '6' } }),
        previousNode: testNode('n'),
      },
    ],
    not: [
      nodeAdded({ allocatable: { cpu: '4' } }),
      came({}),
      resized('6', '7'),
      about(testDeviceClass('gpu', 'true', { extendedResourceName: 'example.com/gpu' })),
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
    plugin: 'PodTopologySpread',
    pod: { topologySpreadConstraints: [{ ...inZone, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
    helped: [{ change: 'node deleted', previousNode: testNode('n', { labels: { [zone]: 'a' } }) }],
    not: [{ change: 'node deleted', previousNode: testNode('n') }],
  },
  {
    plugin: 'NodeResourcesFit',
    pod: { requests: { 'example.com/gpu': '1' } },
    helped: [about(testDeviceClass('gpu', 'true', { extendedResourceName: 'example.com/gpu' }))],
    not: [about(testDeviceClass('gpu')), about(testResourceClaim('c', {}))],
  },
  {
    plugin: 'VolumeBinding',
    pod: usingClaims('data'),
    helped: [
      about(testClaim('data')),
      about(testClaim('data', { volumeName: 'v' }), testClaim('data')),
      about(testVolume('v')),
      about(testClass('fast')),
      nodeAdded({}),
    ],
    not: [
      about(testClaim('other')),
      about(testClaim('data'), undefined, true),
      about(testClass('fast'), testClass('fast')),
      gone({}),
    ],
  },
  {
    plugin: 'VolumeZone',
    pod: usingClaims('data'),
    helped: [about(testClaim('data')), about(testVolume('v', { labels: { [zone]: 'a' } }), testVolume('v'))],
    not: [
      about(testVolume('v'), testVolume('v')),
      about(testClass('slow', { volumeBindingMode: 'Immediate' })),
      about(testClaim('other')),
    ],
  },
  {
    plugin: 'VolumeRestrictions',
    pod: usingClaims('data'),
    helped: [gone(usingClaims('data')), about(testClaim('data'))],
    not: [gone(usingClaims('other')), gone({}), about(testClaim('data'), testClaim('data')), about(testVolume('v'))],
  },
  {
    plugin: 'NodeVolumeLimits',
    pod: usingClaims('data'),
    helped: [gone(usingClaims('other')), about(testClaim('data'))],
    not: [gone({}), about(testClaim('other')), about(testVolume('v'))],
  },
  {
    plugin: 'DynamicResources',
    pod: usingResourceClaims('c'),
    helped: [
      about(testResourceClaim('c', {})),
      about(testResourceClaim('other', {}), allocated('other')),
      about(testResourceSlice('n', [])),
      about(testDeviceClass('gpu')),
    ],
    not: [
      about(testResourceClaim('other', {})),
      about(allocated('other'), testResourceClaim('other', {})),
      about(testResourceClaim('c', {}), testResourceClaim('c', {})),
      about(testResourceSlice('n', []), undefined, true),
    ],
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
