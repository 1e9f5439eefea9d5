/**
 * What is kept from one search for the next, of refusals and of attempts to make room, changes no decision: a cluster that
 * goes through random changes decides as one that was built anew from the same nodes, pods and promises.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../api/groups/core.v1.ts';
import { seededRandom } from '../base/random.ts';
import type { Decision } from './decide.ts';
import type { DisruptionBudget } from './framework.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import { testCluster, testNode, testPod, type PodSketch, type TestCluster } from './test-objects.ts';

const rounds = 60;
const steps = 60;

/** Pods that mostly find no room. */
const templates: readonly PodSketch[] = [
  { requests: { cpu: '3' }, priority: 10 },
  { requests: { cpu: '3' }, priority: 5 },
  { requests: { cpu: '2' }, priority: 10, nodeSelector: { disk: 'fast' } },
  { requests: { cpu: '1' }, priority: 3, hostPort: 80 },
  { requests: { cpu: '9' }, priority: 10 },
];

/** All there is, to build another cluster from. */
class State {
  readonly cluster: TestCluster;
  readonly nodes = new Map<string, Node>();
  readonly placed = new Map<string, { readonly info: PodInfo; readonly node: string }>();
  readonly promised = new Map<string, { readonly info: PodInfo; readonly node: string }>();
  #serial = 0;

  constructor(nodes: readonly Node[]) {
    this.cluster = testCluster(nodes);
    for (const node of nodes) this.nodes.set(node.metadata.name, node);
  }

  name(): string {
    return `pod-${++this.#serial}`;
  }

  built(): TestCluster {
    const anew = testCluster([...this.nodes.values()]);
    for (const { info, node } of this.placed.values()) anew.place(info.pod, node);
    for (const { info, node } of this.promised.values()) anew.table.promise(podInfo(info.pod), node);
    return anew;
  }
}

test('decide() decides with what it remembers as it does without', () => {
  let made = 0;
  let refused = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random.next() * limit);
    const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
    const count = 2 + below(6);
    const state = new State(
      Array.from({ length: count }, (_, at) => testNode(`node-${at}`, { allocatable: { cpu: '4' } })),
    );
    const names = [...state.nodes.keys()];
    const budgets: readonly DisruptionBudget[] = [
      { namespace: 'default', matches: ({ metadata }) => metadata.labels?.['kept'] === 'yes', disruptionsAllowed: 1 },
    ];
    for (let step = 0; step < steps; step++) {
      change(state, { below, pick, names });
      const pod = testPod(state.name(), pick(templates));
      const actual = state.cluster.decide(pod, { budgets });
      const expected = state.built().decide(pod, { budgets: [...budgets] });
      assert.deepEqual(shown(actual), shown(expected), `seed ${seed}, step ${step}`);
      if (actual.type === 'refused') refused++;
      if (actual.type === 'refused' && actual.victims !== undefined) made++;
    }
  }
  assert.ok(refused > 1000 && made > 100, `${refused} refused, room made ${made} times: the rounds are too easy`);
});

interface Dice {
  readonly below: (limit: number) => number;
  readonly pick: <T>(all: readonly T[]) => T;
  readonly names: readonly string[];
}

function change(state: State, { below, pick, names }: Dice): void {
  const { table } = state.cluster;
  const node = pick(names);
  switch (below(6)) {
    case 0:
    case 1: {
      const labels = below(3) === 0 ? { labels: { kept: 'yes' } } : {};
      const pod: Pod = testPod(state.name(), { requests: { cpu: '1' }, priority: below(8), ...labels });
      state.placed.set(pod.metadata.uid, { info: state.cluster.place(pod, node), node });
      return;
    }
    case 2: {
      if (state.placed.size === 0) return;
      const { info, node: of } = pick([...state.placed.values()]);
      table.removePod(info, of);
      state.placed.delete(info.uid);
      return;
    }
    case 3: {
      const labels: Record<string, string> = below(2) === 0 ? { disk: 'fast' } : {};
      const changed = testNode(node, {
        allocatable: { cpu: String(3 + below(2)) },
        labels,
        unschedulable: below(5) === 0,
      });
      state.nodes.set(node, changed);
      table.setNode(changed);
      return;
    }
    case 4: {
      const info = podInfo(testPod(state.name(), pick(templates)));
      table.promise(info, node);
      state.promised.set(info.uid, { info, node });
      return;
    }
    default: {
      if (state.promised.size === 0) return;
      const { info, node: of } = pick([...state.promised.values()]);
      table.takeBack(info, of);
      state.promised.delete(info.uid);
    }
  }
}

/** Of nodes that are as good as one another either may be chosen. */
function shown(decision: Decision): unknown {
  if (decision.type === 'fits') return 'fits';
  const { message, refusedBy, victims = [] } = decision;
  const sum = victims.reduce((total, { priority }) => total + priority, 0);
  return { message, refusedBy: [...refusedBy].toSorted(), victims: victims.length, sum };
}
