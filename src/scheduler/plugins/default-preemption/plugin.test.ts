import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../api/groups/core.v1.ts';
import { testCluster, testNode, testPod, type TestCluster } from '../../test-objects.ts';

const important = testPod('important', { requests: { cpu: '3' }, priority: 100 });

function clusterOf(...names: readonly string[]): TestCluster {
  return testCluster(names.map((name) => testNode(name)));
}

function decided(cluster: TestCluster, more: Parameters<TestCluster['decide']>[1] = {}) {
  const decision = cluster.decide(important, more);
  assert(decision.type === 'refused');
  const victims = decision.victims?.map(({ pod }) => pod.metadata.name);
  return { node: decision.nominatedNode, victims, message: decision.message };
}

test('postFilter() takes as few victims as it can', () => {
  const cluster = clusterOf('a');
  cluster.place(testPod('small', { requests: { cpu: '1' }, priority: 1 }), 'a');
  cluster.place(testPod('large', { requests: { cpu: '3' }, priority: 2 }), 'a');
  assert.deepEqual(decided(cluster), {
    node: 'a',
    victims: ['large'],
    message: '0/1 nodes are available: 1 Insufficient cpu.',
  });
});

test('postFilter() prefers the node whose victims matter least', () => {
  const cluster = clusterOf('a', 'b');
  cluster.place(testPod('x', { requests: { cpu: '4' }, priority: 9 }), 'a');
  cluster.place(testPod('y', { requests: { cpu: '2' }, priority: 3 }), 'b');
  cluster.place(testPod('z', { requests: { cpu: '2' }, priority: 3 }), 'b');
  assert.deepEqual(decided(cluster).node, 'b');
});

test('postFilter() spares what a disruption budget protects', () => {
  const cluster = clusterOf('a', 'b');
  cluster.place(testPod('x', { requests: { cpu: '4' }, labels: { app: 'guarded' } }), 'a');
  cluster.place(testPod('y', { requests: { cpu: '4' }, priority: 50 }), 'b');
  const budgets = [
    {
      namespace: 'default',
      disruptionsAllowed: 0,
      matches: ({ metadata }: Pod) => metadata.labels?.['app'] === 'guarded',
    },
  ];
  assert.equal(decided(cluster, { budgets }).node, 'b');
  assert.equal(decided(cluster).node, 'a');
});

test('postFilter() finds nothing when all others matter as much', () => {
  const cluster = clusterOf('a');
  cluster.place(testPod('equal', { requests: { cpu: '4' }, priority: 100 }), 'a');
  assert.deepEqual(decided(cluster), {
    node: undefined,
    victims: undefined,
    message:
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  });
});

test('postFilter() leaves the table as it was', () => {
  const cluster = clusterOf('a');
  cluster.place(testPod('low', { requests: { cpu: '2' } }), 'a');
  decided(cluster);
  assert.equal(cluster.table.resource('cpu').requested[0], 2000);
  assert.equal(cluster.table.resource('pods').requested[0], 1);
});

test('postFilter() respects preemptionPolicy Never', () => {
  const cluster = clusterOf('a');
  cluster.place(testPod('low', { requests: { cpu: '4' } }), 'a');
  const decision = cluster.decide(
    testPod('polite', { requests: { cpu: '3' }, priority: 5, preemptionPolicy: 'Never' }),
  );
  assert.equal(
    decision.type === 'refused' && decision.message,
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
  );
});
