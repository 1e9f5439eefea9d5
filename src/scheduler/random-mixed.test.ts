/**
 * Clusters and pods with everything at once: taints, selectors, resources, ports, volumes, rules about other pods, spreading,
 * priorities and disruption budgets, against the model of test-model.ts. A failure names its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affinity, Node, Pod, PodAffinityTerm, Toleration } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import type { Decision } from './decide.ts';
import { defaultPlugins } from './plugins/default-plugins.ts';
import { podInfo } from './pod-info.ts';
import { takes, type ModelWorld, type PlacedPod } from './test-model.ts';
import { testCluster, testNode, testPod, type TestCluster } from './test-objects.ts';
import { fixedStorage, testClaim, testClass, testVolume, usingClaims } from './test-volumes.ts';
import { Volumes } from './volumes.ts';

const rounds = 150;
const podsInRound = 30;
const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';
const gpu = 'example.com/gpu';
const apps = ['x', 'y', 'z'];
const budgets = [
  { namespace: 'default', matches: ({ metadata }: Pod) => metadata.labels?.['app'] === 'z', disruptionsAllowed: 0 },
];

class Round {
  readonly random: Random;
  readonly cluster: TestCluster;
  readonly volumes = [
    testVolume('here', { node: 'node-0', phase: 'Bound' }),
    testVolume('anywhere', { phase: 'Bound' }),
  ];
  readonly claims = [
    testClaim('here', { volumeName: 'here' }),
    testClaim('anywhere', { volumeName: 'anywhere', accessModes: ['ReadWriteOncePod'] }),
  ];
  readonly nodes: Node[];
  placed: PlacedPod[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.nodes = Array.from({ length: 2 + below(this.random, 6) }, (_, at) => randomNode(this.random, at));
    this.cluster = testCluster(this.nodes);
    const { claims, volumes } = this;
    this.cluster.table.volumes = new Volumes(fixedStorage({ claims, volumes, classes: [testClass('fast')] }));
  }

  takers(pod: Pod, placed: readonly PlacedPod[] = this.placed): readonly string[] {
    const world: ModelWorld = { ...this, placed };
    return this.nodes.filter((node) => takes(pod, node, world)).map(({ metadata }) => metadata.name);
  }

  place(pod: Pod, nodeName: string): void {
    this.cluster.place(pod, nodeName);
    this.placed.push({ pod, nodeName });
  }

  leave(gone: PlacedPod): void {
    const { table } = this.cluster;
    const info = table.pods(table.row(gone.nodeName) ?? -1).get(gone.pod.metadata.uid) ?? assert.fail();
    table.removePod(info, gone.nodeName);
    this.placed = this.placed.filter((other) => other !== gone);
  }

  /** A pod goes, a node changes. */
  change(): void {
    if (this.placed.length > 0 && this.random.next() < 0.2) {
      this.leave(this.placed[below(this.random, this.placed.length)] ?? assert.fail());
    }
    if (this.random.next() > 0.1) return;
    const at = below(this.random, this.nodes.length);
    const node = randomNode(this.random, at);
    this.nodes[at] = node;
    this.cluster.table.setNode(node);
  }
}

test('decide() agrees with a naive model when all predicates meet, and preempts rightly', () => {
  const told = { fits: 0, refused: 0, preemptions: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const round = new Round(seed);
    for (let i = 0; i < podsInRound; i++) {
      const pod = randomPod(round.random, i);
      const where = `seed ${seed}, pod ${i}: ${JSON.stringify(pod.spec)}`;
      const decision = round.cluster.decide(pod, { budgets });
      const allowed = round.takers(pod);
      if (decision.type === 'fits') {
        told.fits++;
        assert(allowed.includes(decision.nodeName), `${where}: ${decision.nodeName} is not in ${allowed.join(' ')}`);
        round.place(pod, decision.nodeName);
      } else {
        told.refused++;
        assert.deepEqual(allowed, [], `${where}: ${decision.message}`);
        if (checkPreemption(round, pod, decision, where)) told.preemptions++;
      }
      round.change();
    }
  }
  const { fits, refused, preemptions } = told;
  assert(fits > 500 && refused > 500 && preemptions > 100, `the rounds are too easy: ${JSON.stringify(told)}`);
});

/** Whether others were sent away; then they go. */
function checkPreemption(
  round: Round,
  pod: Pod,
  { nominatedNode, victims = [], message }: Extract<Decision, { type: 'refused' }>,
  where: string,
): boolean {
  const isLower = (other: PlacedPod): boolean => (other.pod.spec.priority ?? 0) < (pod.spec.priority ?? 0);
  const isGuarded = ({ pod: other }: PlacedPod): boolean => budgets.some(({ matches }) => matches(other));
  const helpedBy = (mayGo: (other: PlacedPod) => boolean): readonly string[] =>
    round.nodes
      .map(({ metadata: { name } }) => name)
      .filter((name) => {
        const left = round.placed.filter((other) => other.nodeName !== name || !mayGo(other));
        return left.length < round.placed.length && round.takers(pod, left).includes(name);
      });
  if (nominatedNode === undefined) {
    assert.deepEqual(helpedBy(isLower), [], `${where}: ${message}`);
    return false;
  }
  const going = round.placed.filter(({ pod: other }) => victims.some(({ uid }) => uid === other.metadata.uid));
  assert.equal(going.length, victims.length, where);
  assert(going.length > 0 && going.every((other) => isLower(other) && other.nodeName === nominatedNode), where);
  const left = round.placed.filter((other) => !going.includes(other));
  assert(round.takers(pod, left).includes(nominatedNode), `${where}: not on ${nominatedNode} even without its victims`);
  // Where rules about other pods count, one that stays may be what makes the node fit.
  const isPlain = pod.spec.affinity?.podAffinity === undefined && pod.spec.topologySpreadConstraints === undefined;
  if (isPlain) {
    const painless = helpedBy((other) => isLower(other) && !isGuarded(other));
    if (painless.length > 0) assert(!going.some(isGuarded), `${where}: breaks a budget for nothing`);
    for (const victim of going) {
      assert(!round.takers(pod, [...left, victim]).includes(nominatedNode), `${where}: a victim goes for nothing`);
    }
  }
  for (const victim of going) round.leave(victim);
  return true;
}

test('plugins answer for many rows at once what they answer row by row', () => {
  for (let seed = 1; seed <= rounds; seed++) {
    const round = new Round(seed);
    const { table } = round.cluster;
    for (let i = 0; i < podsInRound; i++) {
      const pod = randomPod(round.random, i);
      for (const { name, preFilter, preScore } of defaultPlugins) {
        const where = `seed ${seed}, pod ${i}, ${name}`;
        const result = preFilter?.(podInfo(pod), table);
        if (result?.type === 'filter' && result.sift !== undefined) {
          const rows = Int32Array.from(table.live);
          const refused = new Map<number, unknown>();
          const kept = result.sift(rows, rows.length, (row, refusal) => refused.set(row, refusal));
          const expected = table.live.filter((row) => result.filter(row) === undefined);
          assert.deepEqual([...rows.subarray(0, kept)], [...expected], where);
          for (const [row, refusal] of refused) assert.deepEqual(refusal, result.filter(row), where);
          assert.equal(refused.size + kept, rows.length, where);
        }
        const scorer = preScore?.(podInfo(pod), table, table.live);
        if (scorer?.fill === undefined) continue;
        const scores = new Float64Array(table.live.length).fill(-7);
        scorer.fill(table.live, scores);
        const expected = Array.from(table.live, scorer.score);
        assert.deepEqual([...scores], expected, where);
      }
      const [nodeName] = round.takers(pod);
      if (nodeName !== undefined) round.place(pod, nodeName);
      round.change();
    }
  }
});

function randomNode(random: Random, at: number): Node {
  const labels = {
    ...(chance(random, 0.85) ? { [zone]: pick(random, ['a', 'b', 'c']) } : {}),
    ...(chance(random, 0.6) ? { disk: pick(random, ['ssd', 'hdd']) } : {}),
    ...(chance(random, 0.5) ? { cores: String(below(random, 10)) } : {}),
  };
  return testNode(`node-${at}`, {
    labels,
    allocatable: {
      cpu: String(2 + below(random, 5)),
      pods: String(2 + below(random, 6)),
      ...(chance(random, 0.3) ? { [gpu]: String(1 + below(random, 3)) } : {}),
    },
    taints: chance(random, 0.25)
      ? [
          {
            key: pick(random, ['k', 'l']),
            value: pick(random, ['1', '2']),
            effect: pick(random, ['NoSchedule', 'NoExecute', 'PreferNoSchedule']),
          },
        ]
      : [],
    unschedulable: chance(random, 0.08),
  });
}

function randomPod(random: Random, at: number): Pod {
  const app = pick(random, apps);
  const keys = chance(random, 0.25) ? [zone, hostname].slice(below(random, 2)) : [];
  const spread = keys.map((topologyKey) => ({
    topologyKey,
    maxSkew: 1 + below(random, 2),
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app } },
  }));
  const claims = chance(random, 0.2) ? [pick(random, ['here', 'anywhere'])] : [];
  return testPod(`pod-${at}`, {
    labels: { app },
    requests: {
      ...(chance(random, 0.85) ? { cpu: String(below(random, 4)) } : {}),
      ...(chance(random, 0.1) ? { [gpu]: '1' } : {}),
    },
    affinity: randomAffinity(random),
    tolerations: chance(random, 0.4) ? [randomToleration(random)] : [],
    priority: below(random, 4),
    ...(chance(random, 0.15) ? { nodeSelector: { disk: 'ssd' } } : {}),
    ...(chance(random, 0.15) ? { hostPort: 80 + below(random, 2) } : {}),
    ...(spread.length === 0 ? {} : { topologySpreadConstraints: spread }),
    ...usingClaims(...claims),
  });
}

function randomAffinity(random: Random): Affinity {
  const term = (): PodAffinityTerm => ({
    topologyKey: pick(random, [zone, hostname]),
    labelSelector: { matchLabels: { app: pick(random, apps) } },
  });
  const some = () => ({
    requiredDuringSchedulingIgnoredDuringExecution: chance(random, 0.6) ? [term()] : [],
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 + below(random, 100), podAffinityTerm: term() }],
  });
  const expression = pick(random, [
    { key: 'disk', operator: 'In', values: ['ssd', 'nvme'] },
    { key: 'disk', operator: 'NotIn', values: ['hdd'] },
    { key: zone, operator: 'Exists' },
    { key: 'cores', operator: 'DoesNotExist' },
    { key: 'cores', operator: 'Gt', values: ['4'] },
    { key: 'cores', operator: 'Lt', values: ['6'] },
  ]);
  const nodeSelectorTerms = [{ matchExpressions: [expression] }];
  return {
    ...(chance(random, 0.15) ? { podAffinity: some() } : {}),
    ...(chance(random, 0.2) ? { podAntiAffinity: some() } : {}),
    ...(chance(random, 0.2)
      ? { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
      : {}),
  };
}

function randomToleration(random: Random): Toleration {
  const key = pick(random, ['k', 'l']);
  return pick<Toleration>(random, [
    { operator: 'Exists' },
    { key, operator: 'Exists' },
    { key, operator: 'Exists', effect: 'NoSchedule' },
    { key, value: pick(random, ['1', '2']) },
    { key, operator: 'Equal', value: '1', effect: 'NoExecute' },
  ]);
}

function chance(random: Random, of: number): boolean {
  return random.next() < of;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] ?? assert.fail();
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
