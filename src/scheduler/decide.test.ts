import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleSize } from './find-nodes.ts';
import { podInfo } from './pod-info.ts';
import { testCluster, testNode, testPod, type NodeSketch, type PodSketch } from './test-objects.ts';

const blockedBy = (key: string) => ({ taints: [{ key, effect: 'NoSchedule' }] });
const notHelpful = (count: number) =>
  `no new claims to deallocate, preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;

interface Case {
  readonly title: string;
  readonly nodes: readonly NodeSketch[];
  readonly pod: PodSketch;
  /** The node, or the message. */
  readonly expected: string;
}

const cases: readonly Case[] = [
  { title: 'takes the only node', nodes: [{}], pod: { requests: { cpu: '1' } }, expected: 'node-0' },
  { title: 'says when there are no nodes', nodes: [], pod: {}, expected: 'no nodes available to schedule pods' },
  {
    title: 'counts the reasons of every node',
    nodes: [{ allocatable: { cpu: '1' } }, blockedBy('a'), { unschedulable: true }],
    pod: { requests: { cpu: '2' } },
    expected: `0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. ${notHelpful(3)}`,
  },
  {
    title: 'names every resource that is short',
    nodes: [{ allocatable: { cpu: '1', memory: '1Gi', pods: '0' } }],
    pod: { requests: { cpu: '2', memory: '2Gi', 'example.com/gpu': '1' } },
    expected: `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory, 1 Too many pods. ${notHelpful(1)}`,
  },
  {
    title: 'tolerates a taint by key',
    nodes: [blockedBy('a')],
    pod: { tolerations: [{ key: 'a', operator: 'Exists' }] },
    expected: 'node-0',
  },
  {
    title: 'tolerates nothing by another value',
    nodes: [{ taints: [{ key: 'a', value: 'x', effect: 'NoExecute' }] }],
    pod: { tolerations: [{ key: 'a', operator: 'Equal', value: 'y' }] },
    expected: `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${notHelpful(1)}`,
  },
  {
    title: 'avoids a soft taint',
    nodes: [{ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }, { allocatable: { cpu: '3' } }],
    pod: { requests: { cpu: '1' } },
    expected: 'node-1',
  },
  {
    title: 'follows the node selector',
    nodes: [{}, { labels: { disk: 'ssd' } }],
    pod: { nodeSelector: { disk: 'ssd' } },
    expected: 'node-1',
  },
  {
    title: 'refuses when no node has the label',
    nodes: [{}, {}],
    pod: { nodeSelector: { disk: 'ssd' } },
    expected: `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. ${notHelpful(2)}`,
  },
  {
    title: 'compares labels as numbers',
    nodes: [{ labels: { size: '9' } }, { labels: { size: '10' } }],
    pod: { affinity: required([{ matchExpressions: [{ key: 'size', operator: 'Gt', values: ['9'] }] }]) },
    expected: 'node-1',
  },
  {
    title: 'asks only the node that a daemon pod is pinned to',
    nodes: [{ allocatable: { cpu: '1' } }, {}, {}],
    pod: {
      requests: { cpu: '2' },
      affinity: required([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-0'] }] }]),
    },
    expected: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${notHelpful(3)}`,
  },
  {
    title: 'prefers by weight',
    nodes: [{ labels: { zone: 'a' } }, { labels: { zone: 'b' } }],
    pod: {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] } },
            { weight: 5, preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] } },
          ],
        },
      },
    },
    expected: 'node-1',
  },
  {
    title: 'prefers the emptier node',
    nodes: [{ allocatable: { cpu: '2' } }, { allocatable: { cpu: '16', memory: '32Gi' } }],
    pod: { requests: { cpu: '1', memory: '2Gi' } },
    expected: 'node-1',
  },
  {
    title: 'waits for a resource claim that is still to be made',
    nodes: [{}],
    pod: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }] },
    expected: `0/1 nodes are available: pod "default/pod": ResourceClaim not created yet. ${notHelpful(1)}`,
  },
];

for (const { title, nodes, pod, expected } of cases) {
  test(`decide() ${title}`, () => {
    const cluster = testCluster(nodes.map((sketch, at) => testNode(`node-${at}`, sketch)));
    const decision = cluster.decide(testPod('pod', pod));
    assert.equal(decision.type === 'fits' ? decision.nodeName : decision.message, expected);
  });
}

test('decide() refuses a host port that is taken', () => {
  const cluster = testCluster([testNode('node-0')]);
  cluster.place(testPod('other', { hostPort: 80 }), 'node-0');
  const decision = cluster.decide(testPod('pod', { hostPort: 80 }));
  assert.equal(
    decision.type === 'refused' && decision.message,
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
  );
  assert.deepEqual(decision.type === 'refused' && [...decision.refusedBy], ['NodePorts']);
  assert.equal(cluster.decide(testPod('pod', { hostPort: 81 })).type, 'fits');
});

test('decide() leaves room for nominated pods that matter at least as much', () => {
  const cluster = testCluster([testNode('node-0')]);
  const waiting = podInfo(testPod('waiting', { requests: { cpu: '3' }, priority: 10 }));
  cluster.table.promise(waiting, 'node-0');
  const ask = (priority: number) => cluster.decide(testPod('pod', { requests: { cpu: '2' }, priority })).type;
  assert.equal(ask(5), 'refused');
  assert.equal(ask(10), 'refused');
  assert.equal(ask(11), 'fits');
  assert.equal(cluster.table.resource('cpu').requested[0], 0);
});

test('decide() forgets what it knew of a node when the node changes', () => {
  const cluster = testCluster([testNode('node-0', blockedBy('a'))]);
  assert.equal(cluster.decide(testPod('pod')).type, 'refused');
  cluster.table.setNode(testNode('node-0'));
  assert.equal(cluster.decide(testPod('pod')).type, 'fits');
});

test('decide() starts each search where the last one stopped', () => {
  const cluster = testCluster(Array.from({ length: 300 }, (_, at) => testNode(`node-${at}`)));
  const used = new Set<string>();
  let start = 0;
  for (let i = 0; i < 20; i++) {
    const decision = cluster.decide(testPod(`pod-${i}`), { start });
    assert(decision.type === 'fits');
    start = decision.nextStart;
    used.add(decision.nodeName);
  }
  assert(used.size > 10, `${used.size} nodes`);
  assert.equal(start, (20 * sampleSize(300)) % 300);
});

test('decide() looks at as many nodes as the percentage says', () => {
  const cluster = testCluster(Array.from({ length: 300 }, (_, i) => testNode(`node-${i}`)));
  const asked = (percentageOfNodesToScore: number) =>
    cluster.decide(testPod('pod'), { percentageOfNodesToScore }).nextStart;
  assert.deepEqual([asked(40), asked(90), asked(100)], [120, 270, 0]);
});

test('sampleSize() is all of a small cluster and a shrinking share of a large one', () => {
  assert.deepEqual(
    [0, 99, 100, 1000, 5000, 20_000].map((nodeCount) => sampleSize(nodeCount)),
    [0, 99, 100, 420, 500, 1000],
  );
});

function required(nodeSelectorTerms: readonly object[]) {
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}
