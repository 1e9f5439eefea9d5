import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCluster, testNode, testPod, type TestCluster } from '../../test-objects.ts';

const zone = 'topology.kubernetes.io/zone';
const selector = { matchLabels: { app: 'web' } };

function cluster(): TestCluster {
  return testCluster([
    testNode('a1', { labels: { [zone]: 'a' } }),
    testNode('b1', { labels: { [zone]: 'b' } }),
    testNode('none'),
  ]);
}

function web(name: string, whenUnsatisfiable: string, more = {}) {
  return testPod(name, {
    labels: { app: 'web', revision: name },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable, labelSelector: selector, ...more }],
  });
}

test('preFilter() keeps the domains even', () => {
  const table = cluster();
  table.place(web('1', 'DoNotSchedule'), 'a1');
  const decision = table.decide(web('2', 'DoNotSchedule'));
  assert.equal(decision.type === 'fits' && decision.nodeName, 'b1');
});

test('preFilter() tells nodes that are too full from nodes without the label', () => {
  const table = cluster();
  table.place(web('1', 'DoNotSchedule'), 'a1');
  table.table.setNode(testNode('b1', { labels: { [zone]: 'b' }, allocatable: { pods: '0' } }));
  const decision = table.decide(web('2', 'DoNotSchedule'));
  assert(decision.type === 'refused');
  assert.match(
    decision.message,
    /^0\/3 nodes are available: 1 Too many pods, 1 node\(s\) didn't match pod topology spread constraints, 1 node\(s\) didn't match pod topology spread constraints \(missing required label\)\. /,
  );
});

test('preFilter() counts only the pods of the same revision with matchLabelKeys', () => {
  const table = cluster();
  table.place(web('1', 'DoNotSchedule'), 'a1');
  table.table.setNode(testNode('b1', { labels: { [zone]: 'b' }, unschedulable: true }));
  assert.equal(table.decide(web('2', 'DoNotSchedule', { matchLabelKeys: ['revision'] })).type, 'fits');
  assert.equal(table.decide(web('2', 'DoNotSchedule')).type, 'refused');
});

test('preFilter() leaves cordoned domains out where nodeTaintsPolicy says Honor', () => {
  const taints = [{ key: 'x', effect: 'NoSchedule' }];
  const table = cluster();
  table.place(web('1', 'DoNotSchedule'), 'a1');
  table.table.setNode(testNode('b1', { labels: { [zone]: 'b' }, taints }));
  assert.equal(table.decide(web('2', 'DoNotSchedule')).type, 'refused');
  assert.equal(table.decide(web('2', 'DoNotSchedule', { nodeTaintsPolicy: 'Honor' })).type, 'fits');
});

test('preScore() prefers the emptier domain', () => {
  const table = cluster();
  table.place(web('1', 'ScheduleAnyway'), 'a1');
  const decision = table.decide(web('2', 'ScheduleAnyway'));
  assert.equal(decision.type === 'fits' && decision.nodeName, 'b1');
});

test('preScore() spreads the pods of a controller that say nothing', () => {
  const table = testCluster(['a', 'b', 'c'].map((name) => testNode(name)));
  const replica = (at: number) => {
    const pod = testPod(`r${at}`);
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true };
    return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
  };
  const used = new Set<string>();
  for (let at = 0; at < 3; at++) {
    const decision = table.decide(replica(at));
    assert(decision.type === 'fits');
    used.add(decision.nodeName);
    table.place(replica(at), decision.nodeName);
  }
  assert.equal(used.size, 3);
});
