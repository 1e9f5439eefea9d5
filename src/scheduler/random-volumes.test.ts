/** Volumes in random clusters, against a model that tries every way to give claims their volumes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';
import { fixedStorage, testClaim, testClass, testVolume, usingClaims } from './test-volumes.ts';
import { Volumes } from './volumes.ts';

const rounds = 200;
const zone = 'topology.kubernetes.io/zone';
const driver = 'disks.example.com';

interface World {
  readonly nodes: readonly Node[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly volumes: readonly PersistentVolume[];
  /** How many volumes of the driver a node takes. */
  readonly limit: number;
  readonly provisions: boolean;
}

interface Placed {
  readonly pod: Pod;
  readonly nodeName: string;
}

test('decide() agrees with a naive model on where volumes can be had', () => {
  let refusals = 0;
  for (let seed = 1; seed <= rounds; seed++) refusals += runRound(seed);
  assert(refusals > 100, `only ${refusals} refusals: the rounds are too easy`);
});

function runRound(seed: number): number {
  const random = seededRandom(seed);
  const world = randomWorld(random);
  const cluster = testCluster(world.nodes);
  const classes = [testClass('fast', { provisioner: world.provisions ? driver : 'kubernetes.io/no-provisioner' })];
  const csiNodes = world.nodes.map(({ metadata }) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata,
    spec: { drivers: [{ name: driver, nodeID: 'n', topologyKeys: [], allocatable: { count: world.limit } }] },
  }));
  const { claims, volumes } = world;
  cluster.table.volumes = new Volumes(fixedStorage({ claims, volumes, classes, csiNodes }));
  const placed: Placed[] = [];
  let refusals = 0;
  for (let i = 0; i < 6; i++) {
    const names = claims.filter(() => random.next() < 0.3).map(({ metadata }) => metadata.name);
    const pod = testPod(`pod-${i}`, usingClaims(...names));
    const allowed = world.nodes.filter((node) => fits(pod, node, world, placed)).map((node) => node.metadata.name);
    const decision = cluster.decide(pod);
    const where = `seed ${seed}, pod ${i} with ${names.join()}`;
    if (decision.type === 'refused') {
      assert.deepEqual(allowed, [], `${where}: ${decision.message}`);
      refusals++;
    } else {
      assert(allowed.includes(decision.nodeName), `${where}: ${decision.nodeName} is not in ${allowed.join(' ')}`);
      // Pods with waiting claims would change the claims: only the others stay.
      if (names.some((name) => claimOf(world, name).spec.volumeName === undefined)) continue;
      cluster.place(pod, decision.nodeName);
      placed.push({ pod, nodeName: decision.nodeName });
    }
  }
  return refusals;
}

function fits(pod: Pod, node: Node, world: World, placed: readonly Placed[]): boolean {
  const claims = claimsOf(pod, world);
  const volumeOf = (claim: PersistentVolumeClaim) =>
    world.volumes.find(({ metadata }) => metadata.name === claim.spec.volumeName);
  for (const claim of claims) {
    const exclusive = claim.spec.accessModes?.includes('ReadWriteOncePod') === true;
    if (exclusive && placed.some((other) => claimsOf(other.pod, world).includes(claim))) return false;
    if (claim.spec.volumeName === undefined) continue;
    const volume = volumeOf(claim);
    if (volume === undefined || !reaches(volume, node)) return false;
    const wanted = volume.metadata.labels?.[zone];
    const own = node.metadata.labels?.[zone];
    if (wanted !== undefined && own !== undefined && wanted !== own) return false;
  }
  const waiting = claims.filter(({ spec }) => spec.volumeName === undefined);
  if (!canGive(waiting, node, world)) return false;
  const here = placed.filter(({ nodeName }) => nodeName === node.metadata.name);
  const attached = (pods: readonly Pod[]) =>
    new Set(
      pods
        .flatMap((one) => claimsOf(one, world))
        .filter((claim) => (claim.spec.volumeName === undefined ? world.provisions : true))
        .map((claim) => claim.spec.volumeName ?? claim.metadata.name),
    );
  const before = attached(here.map((other) => other.pod));
  const after = attached([...here.map((other) => other.pod), pod]);
  return after.size === before.size || after.size <= world.limit;
}

/** Some way to give each claim a volume of its own, or to have it made. */
function canGive(claims: readonly PersistentVolumeClaim[], node: Node, world: World): boolean {
  const [first, ...others] = claims;
  if (first === undefined) return true;
  const size = (text: string | undefined) => Number(text?.replace('Gi', ''));
  const suiting = world.volumes.filter(
    (volume) =>
      volume.status.phase === 'Available' &&
      reaches(volume, node) &&
      size(volume.spec.capacity?.['storage']) >= size(first.spec.resources?.requests?.['storage']),
  );
  if (world.provisions && canGive(others, node, world)) return true;
  return suiting.some((volume) => {
    const volumes = world.volumes.filter((other) => other !== volume);
    return canGive(others, node, { ...world, volumes });
  });
}

function reaches(volume: PersistentVolume, node: Node): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || terms[0]?.matchExpressions?.[0]?.values?.[0] === node.metadata.name;
}

function claimsOf(pod: Pod, world: World): readonly PersistentVolumeClaim[] {
  return (pod.spec.volumes ?? []).map(({ name }) => claimOf(world, name));
}

function claimOf({ claims }: World, name: string): PersistentVolumeClaim {
  return claims.find(({ metadata }) => metadata.name === name) ?? assert.fail(name);
}

function randomWorld(random: Random): World {
  const nodes = Array.from({ length: 1 + below(random, 3) }, (_, at) =>
    testNode(`node-${at}`, { labels: random.next() < 0.7 ? { [zone]: pick(random, ['a', 'b']) } : {} }),
  );
  const somewhere = () =>
    random.next() < 0.5
      ? {}
      : {
          node: pick(
            random,
            nodes.map(({ metadata }) => metadata.name),
          ),
        };
  const bound = Array.from({ length: 3 }, (_, at) =>
    testVolume(`bound-${at}`, {
      ...somewhere(),
      phase: 'Bound',
      csi: { driver, volumeHandle: `bound-${at}` },
      labels: random.next() < 0.4 ? { [zone]: pick(random, ['a', 'b']) } : {},
    }),
  );
  const free = Array.from({ length: below(random, 4) }, (_, at) =>
    testVolume(`free-${at}`, { ...somewhere(), size: `${1 + below(random, 3)}Gi` }),
  );
  const claims = [
    ...bound.map(({ metadata: { name } }) =>
      testClaim(`claim-of-${name}`, {
        volumeName: name,
        accessModes: [random.next() < 0.3 ? 'ReadWriteOncePod' : 'ReadWriteOnce'],
      }),
    ),
    ...Array.from({ length: 2 }, (_, at) => testClaim(`waiting-${at}`, { size: `${1 + below(random, 3)}Gi` })),
  ];
  const provisions = random.next() < 0.3;
  return { nodes, claims, volumes: [...bound, ...free], limit: 1 + below(random, 4), provisions };
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] ?? assert.fail();
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
