/** Random clusters, decided by the scheduler and by a model that is slow and obviously right. A failure names its seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

const rounds = 150;

test('decide() picks a node that a naive model allows, and refuses only when it allows none', () => {
  for (let seed = 1; seed <= rounds; seed++) runRound(seed);
});

function runRound(seed: number): void {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: 1 + below(random, 12) }, (_, at) => randomNode(random, at));
  const cluster = testCluster(nodes);
  const placed: { readonly pod: Pod; readonly nodeName: string }[] = [];
  for (let i = 0; i < 40; i++) {
    const pod = randomPod(random, i);
    const allowed = nodes.filter((node) => fits(pod, node, placed)).map((node) => node.metadata.name);
    const decision = cluster.decide(pod);
    const where = `seed ${seed}, pod ${i}`;
    if (decision.type === 'refused') {
      assert.deepEqual(allowed, [], `${where}: ${decision.message}`);
    } else {
      assert(allowed.includes(decision.nodeName), `${where}: ${decision.nodeName} is not in ${allowed.join(' ')}`);
      cluster.place(pod, decision.nodeName);
      placed.push({ pod, nodeName: decision.nodeName });
    }
    if (placed.length > 0 && random.next() < 0.2) leave(cluster, placed.splice(below(random, placed.length), 1));
  }
}

function leave(
  cluster: ReturnType<typeof testCluster>,
  gone: readonly { readonly pod: Pod; readonly nodeName: string }[],
): void {
  for (const { pod, nodeName } of gone) {
    const row = cluster.table.row(nodeName);
    const info = row === undefined ? undefined : cluster.table.pods(row).get(pod.metadata.uid);
    if (info !== undefined) cluster.table.removePod(info, nodeName);
  }
}

function fits(pod: Pod, node: Node, placed: readonly { readonly pod: Pod; readonly nodeName: string }[]): boolean {
  const here = placed.filter(({ nodeName }) => nodeName === node.metadata.name).map((other) => other.pod);
  const cpu = (of: Pod) => Number(of.spec.containers[0]?.resources.requests?.['cpu'] ?? 0);
  const port = (of: Pod) => of.spec.containers[0]?.ports?.[0]?.hostPort;
  const tolerated = new Set(pod.spec.tolerations?.map((toleration) => toleration.key));
  return (
    here.length < Number(node.status.allocatable?.['pods']) &&
    here.reduce((sum, other) => sum + cpu(other), cpu(pod)) <= Number(node.status.allocatable?.['cpu']) &&
    (node.spec.taints ?? []).every((taint) => tolerated.has(taint.key)) &&
    Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (port(pod) === undefined || here.every((other) => port(other) !== port(pod)))
  );
}

function randomNode(random: Random, at: number): Node {
  return testNode(`node-${at}`, {
    allocatable: { cpu: String(1 + below(random, 8)), pods: String(1 + below(random, 6)) },
    labels: { disk: random.next() < 0.5 ? 'ssd' : 'hdd' },
    taints: random.next() < 0.3 ? [{ key: random.next() < 0.5 ? 'a' : 'b', effect: 'NoSchedule' }] : [],
  });
}

function randomPod(random: Random, at: number): Pod {
  return testPod(`pod-${at}`, {
    requests: random.next() < 0.8 ? { cpu: String(below(random, 4)) } : {},
    ...(random.next() < 0.3 ? { nodeSelector: { disk: 'ssd' } } : {}),
    ...(random.next() < 0.4 ? { tolerations: [{ key: random.next() < 0.5 ? 'a' : 'b', operator: 'Exists' }] } : {}),
    ...(random.next() < 0.3 ? { hostPort: 80 + below(random, 2) } : {}),
  });
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
