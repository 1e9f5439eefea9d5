/** Spread and pod affinity in random clusters, against a model that walks all pods for each question. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affinity, Node, Pod, PodAffinityTerm, TopologySpreadConstraint } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

interface Placed {
  readonly pod: Pod;
  readonly node: Node;
}

const rounds = 120;
const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';

test('decide() agrees with a naive model on spread, affinity and anti-affinity', () => {
  let refusals = 0;
  for (let seed = 1; seed <= rounds; seed++) refusals += runRound(seed);
  assert(refusals > 100, `only ${refusals} refusals: the rounds are too easy`);
});

function runRound(seed: number): number {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: 2 + below(random, 6) }, (_, at) => randomNode(random, at));
  const cluster = testCluster(nodes);
  let placed: Placed[] = [];
  let refusals = 0;
  for (let i = 0; i < 25; i++) {
    const pod = randomPod(random, i);
    const allowed = nodes.filter((node) => fits(pod, node, nodes, placed)).map((node) => node.metadata.name);
    const decision = cluster.decide(pod);
    const where = `seed ${seed}, pod ${i}: ${JSON.stringify(pod.spec)}`;
    if (decision.type === 'refused') {
      assert.deepEqual(allowed, [], `${where}: ${decision.message}`);
      refusals++;
      continue;
    }
    assert(allowed.includes(decision.nodeName), `${where}: ${decision.nodeName} is not in ${allowed.join(' ')}`);
    cluster.place(pod, decision.nodeName);
    placed.push({ pod, node: nodes.find((node) => node.metadata.name === decision.nodeName) ?? assert.fail() });
    if (random.next() < 0.2) leave(cluster, placed.splice(below(random, placed.length), 1));
    if (random.next() < 0.2) {
      const at = below(random, nodes.length);
      const [old, node] = [nodes[at], randomNode(random, at)];
      nodes[at] = node;
      cluster.table.setNode(node);
      placed = placed.map((other) => (other.node === old ? { ...other, node } : other));
    }
  }
  return refusals;
}

function randomNode(random: Random, at: number): Node {
  return testNode(`node-${at}`, { labels: random.next() < 0.85 ? { [zone]: pick(random, ['a', 'b', 'c']) } : {} });
}

function leave(cluster: ReturnType<typeof testCluster>, gone: readonly Placed[]): void {
  for (const { pod, node } of gone) {
    const row = cluster.table.row(node.metadata.name) ?? assert.fail();
    const info = cluster.table.pods(row).get(pod.metadata.uid) ?? assert.fail();
    cluster.table.removePod(info, node.metadata.name);
  }
}

function fits(pod: Pod, node: Node, nodes: readonly Node[], placed: readonly Placed[]): boolean {
  return (
    (pod.spec.topologySpreadConstraints ?? []).every((constraint, _, all) =>
      spreads(pod, node, constraint, nodes, placed, all),
    ) &&
    affine(pod, node, placed) &&
    terms(pod.spec.affinity, 'podAntiAffinity').every((term) => !near(term, node, pod, placed)) &&
    placed.every(
      (other) =>
        !terms(other.pod.spec.affinity, 'podAntiAffinity').some(
          (term) => matches(term, pod) && sameDomain(term.topologyKey, node, other.node),
        ),
    )
  );
}

function spreads(
  pod: Pod,
  node: Node,
  { topologyKey, maxSkew, minDomains = 1 }: TopologySpreadConstraint,
  nodes: readonly Node[],
  placed: readonly Placed[],
  all: readonly TopologySpreadConstraint[],
): boolean {
  const own = node.metadata.labels?.[topologyKey];
  if (own === undefined) return false;
  const counted = nodes.filter((other) =>
    all.every((constraint) => constraint.topologyKey in (other.metadata.labels ?? {})),
  );
  const domains = new Set(counted.map((other) => other.metadata.labels?.[topologyKey]));
  const count = (domain: string | undefined): number =>
    placed.filter(
      (other) =>
        counted.includes(other.node) &&
        other.node.metadata.labels?.[topologyKey] === domain &&
        other.pod.metadata.labels?.['app'] === pod.metadata.labels?.['app'],
    ).length;
  const lowest = domains.size < minDomains ? 0 : Math.min(...[...domains].map(count));
  return count(own) + 1 - lowest <= maxSkew;
}

function affine(pod: Pod, node: Node, placed: readonly Placed[]): boolean {
  const wanted = terms(pod.spec.affinity, 'podAffinity');
  if (!wanted.every((term) => term.topologyKey in (node.metadata.labels ?? {}))) return false;
  const friends = placed.filter((other) => wanted.every((term) => matches(term, other.pod)));
  const known = friends.filter((other) =>
    wanted.some((term) => other.node.metadata.labels?.[term.topologyKey] !== undefined),
  );
  if (known.length === 0 && wanted.every((term) => matches(term, pod))) return true;
  return wanted.every((term) => friends.some((other) => sameDomain(term.topologyKey, node, other.node)));
}

function near(term: PodAffinityTerm, node: Node, _: Pod, placed: readonly Placed[]): boolean {
  return placed.some((other) => matches(term, other.pod) && sameDomain(term.topologyKey, node, other.node));
}

function matches(term: PodAffinityTerm, pod: Pod): boolean {
  return pod.metadata.labels?.['app'] === term.labelSelector?.matchLabels?.['app'];
}

function sameDomain(key: string, a: Node, b: Node): boolean {
  const value = a.metadata.labels?.[key];
  return value !== undefined && value === b.metadata.labels?.[key];
}

function terms(affinity: Affinity | undefined, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] {
  return affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function randomPod(random: Random, at: number): Pod {
  const app = pick(random, ['x', 'y', 'z']);
  const term = (): PodAffinityTerm => ({
    topologyKey: pick(random, [zone, hostname]),
    labelSelector: { matchLabels: { app: pick(random, ['x', 'y', 'z']) } },
  });
  const some = (chance: number) =>
    random.next() < chance ? { requiredDuringSchedulingIgnoredDuringExecution: [term()] } : {};
  const spread =
    random.next() < 0.4
      ? [zone, hostname].slice(below(random, 2)).map((topologyKey) => ({
          topologyKey,
          maxSkew: 1 + below(random, 2),
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app } },
          ...(random.next() < 0.2 ? { minDomains: 3 } : {}),
        }))
      : [];
  return testPod(`pod-${at}`, {
    labels: { app },
    affinity: { podAffinity: some(0.25), podAntiAffinity: some(0.25) },
    topologySpreadConstraints: spread,
  });
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)] ?? assert.fail();
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
