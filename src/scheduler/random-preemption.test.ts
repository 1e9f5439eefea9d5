/** Preemption in random clusters: what it decides must be right, and it must find something where there is something. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import type { PodInfo } from './pod-info.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

const rounds = 300;

test('decide() sends away lower pods only, no more than needed, and finds a node whenever that can help', () => {
  let preemptions = 0;
  for (let seed = 1; seed <= rounds; seed++) preemptions += runRound(seed);
  assert(preemptions > 50, `only ${preemptions} preemptions: the rounds are too easy`);
});

test('decide() breaks no disruption budget where another node breaks none', () => {
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seededRandom(seed);
    const cluster = testCluster(['free', 'guarded'].map((name) => testNode(name, { allocatable: { cpu: '2' } })));
    const low = below(random, 5);
    for (const name of ['free', 'guarded']) {
      cluster.place(testPod(name, { requests: { cpu: '2' }, priority: low, labels: { app: name } }), name);
    }
    const matches = ({ metadata }: Pod): boolean => metadata.labels?.['app'] === 'guarded';
    const budgets = [{ namespace: 'default', matches, disruptionsAllowed: 0 }];
    const decision = cluster.decide(testPod('pod', { requests: { cpu: '1' }, priority: 10 }), { budgets });
    assert.equal(decision.type === 'refused' ? decision.nominatedNode : '', 'free');
  }
});

function runRound(seed: number): number {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: 1 + below(random, 4) }, (_, at) =>
    testNode(`node-${at}`, { allocatable: { cpu: String(2 + below(random, 4)) } }),
  );
  const cluster = testCluster(nodes);
  const placed = new Map<string, PodInfo[]>(nodes.map(({ metadata }) => [metadata.name, []]));
  for (let i = 0; i < 14; i++) {
    const pod = randomPod(random, `low-${i}`, below(random, 4));
    const decision = cluster.decide(pod);
    if (decision.type === 'fits') placed.get(decision.nodeName)?.push(cluster.place(pod, decision.nodeName));
  }
  const pod = randomPod(random, 'high', 2 + below(random, 3));
  const priority = pod.spec.priority ?? 0;
  const size = (node: string) =>
    Number(nodes.find(({ metadata }) => metadata.name === node)?.status.allocatable?.['cpu']);
  const room = (node: string, gone: readonly PodInfo[]): boolean =>
    (placed.get(node) ?? [])
      .filter((other) => !gone.includes(other))
      .reduce((sum, other) => sum + cpu(other.pod), cpu(pod)) <= size(node);
  const lower = (node: string) => (placed.get(node) ?? []).filter((other) => other.priority < priority);
  const decision = cluster.decide(pod);
  if (decision.type === 'fits') return 0;
  const { nominatedNode: node, victims = [] } = decision;
  if (node === undefined) {
    const helped = [...placed.keys()].filter((name) => room(name, lower(name)));
    assert.deepEqual(helped, [], `seed ${seed}: ${decision.message}`);
    return 0;
  }
  assert(victims.length > 0 && victims.every((victim) => lower(node).includes(victim)), `seed ${seed}: wrong victims`);
  assert(room(node, victims), `seed ${seed}: too few victims`);
  for (const victim of victims) {
    const others = victims.filter((other) => other !== victim);
    assert(!room(node, others), `seed ${seed}: ${victim.key} goes for nothing`);
  }
  return 1;
}

function cpu(pod: Pod): number {
  return Number(pod.spec.containers[0]?.resources.requests?.['cpu'] ?? 0);
}

function randomPod(random: Random, name: string, priority: number): Pod {
  return testPod(name, { requests: { cpu: String(1 + below(random, 2)) }, priority });
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
