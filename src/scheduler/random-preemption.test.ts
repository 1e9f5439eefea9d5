/** What is remembered of earlier attempts must not show: a cluster that has seen much preempts like one that is new. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import { testCluster, testNode, testPod, type TestCluster } from './test-objects.ts';

interface Placed {
  readonly info: PodInfo;
  readonly nodeName: string;
}

interface State {
  readonly cluster: TestCluster;
  readonly placed: Placed[];
  readonly promised: Placed[];
}

const rounds = 60;
const nodes = ['a', 'b', 'c', 'd'].map((name) => testNode(name, { allocatable: { cpu: '4' } }));

test('decide() chooses the same victims whether or not it has tried these nodes before', () => {
  let preemptions = 0;
  for (let seed = 1; seed <= rounds; seed++) preemptions += runRound(seed);
  assert(preemptions > 200, `only ${preemptions} preemptions: the rounds are too easy`);
});

function runRound(seed: number): number {
  const random = seededRandom(seed);
  const state: State = { cluster: testCluster(nodes), placed: [], promised: [] };
  let preemptions = 0;
  for (let step = 0; step < 40; step++) {
    change(state, random, step);
    const pod = testPod('important', { requests: { cpu: String(1 + below(random, 3)) }, priority: 1000 });
    const known = outcome(state.cluster, pod);
    assert.deepEqual(known, outcome(copyOf(state), pod), `seed ${seed}, step ${step}`);
    if (known.victims !== undefined) preemptions++;
  }
  return preemptions;
}

function outcome(cluster: TestCluster, pod: Pod) {
  const decision = cluster.decide(pod);
  if (decision.type === 'fits') return {};
  const victims = decision.victims?.map(({ key }) => key);
  return { message: decision.message, node: decision.nominatedNode, victims };
}

/** Pods come, go and are promised room; no two matter equally, so that nothing is left to their order. */
function change({ cluster, placed, promised }: State, random: Random, step: number): void {
  const nodeName = ['a', 'b', 'c', 'd'][below(random, 4)] ?? 'a';
  const kind = below(random, 8);
  if (kind === 0) {
    const [gone] = placed.splice(below(random, Math.max(1, placed.length)), 1);
    if (gone !== undefined) cluster.table.removePod(gone.info, gone.nodeName);
  } else if (kind === 1) {
    const info = podInfo(testPod(`promised-${step}`, { requests: { cpu: '2' }, priority: 2000 }));
    promised.push({ info, nodeName });
    cluster.table.promise(info, nodeName);
  } else if (kind === 2) {
    const taken = promised.pop();
    if (taken !== undefined) cluster.table.takeBack(taken.info, taken.nodeName);
  } else {
    const pod = testPod(`pod-${step}`, { requests: { cpu: String(1 + below(random, 2)) }, priority: step });
    if (cluster.decide(pod).type === 'fits') placed.push({ info: cluster.place(pod, nodeName), nodeName });
  }
}

function copyOf({ placed, promised }: State): TestCluster {
  const cluster = testCluster(nodes);
  for (const { info, nodeName } of placed) cluster.table.addPod(info, nodeName);
  for (const { info, nodeName } of promised) cluster.table.promise(info, nodeName);
  return cluster;
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
