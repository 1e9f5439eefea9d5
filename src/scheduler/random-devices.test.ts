/** Devices in random clusters, against a model that tries every choice of devices; one that two may share is two to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device, DeviceConstraint, ResourceClaim } from '../api/groups/resource.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { Devices } from './devices.ts';
import { podInfo } from './pod-info.ts';
import { dynamicResources } from './plugins/dynamic-resources/plugin.ts';
import {
  fixedDevices,
  testDeviceClass,
  testRequest,
  testResourceClaim,
  testResourceSlice,
  usingResourceClaims,
} from './test-devices.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

const rounds = 150;
const driver = 'gpu.example.com';
const colors = ['red', 'blue'];

interface Wanted {
  readonly claim: string;
  readonly color: string | undefined;
}

test('decide() agrees with a naive model on devices, and gives none out twice', () => {
  let refusals = 0;
  for (let seed = 1; seed <= rounds; seed++) refusals += runRound(seed);
  assert(refusals > 50, `only ${refusals} refusals: the rounds are too easy`);
});

function runRound(seed: number): number {
  const random = seededRandom(seed);
  const nodeNames = ['a', 'b', 'c'].slice(0, 1 + below(random, 3));
  const devices = new Map(nodeNames.map((name) => [name, randomDevices(random, name)]));
  const slices = nodeNames.map((name) => testResourceSlice(name, devices.get(name) ?? []));
  const free = new Map([...devices].map(([name, own]) => [name, own.flatMap(shares)]));
  const claims = Array.from({ length: 6 }, (_, at) => randomClaim(random, `claim-${at}`));
  const cluster = testCluster(nodeNames.map((name) => testNode(name)));
  cluster.table.devices = new Devices(fixedDevices({ claims, slices, classes: [testDeviceClass('gpu')] }));
  let refusals = 0;
  for (let at = 0; at < claims.length; at += 2) {
    const own = claims.slice(at, at + 1 + below(random, 2));
    const pod = testPod(`pod-${at}`, usingResourceClaims(...own.map(({ metadata }) => metadata.name)));
    const allowed = nodeNames.filter((name) => canServe(own, free.get(name) ?? []));
    const decision = cluster.decide(pod);
    const where = `seed ${seed}, pod ${at}: ${JSON.stringify(own.map(({ spec }) => spec))}`;
    if (decision.type === 'refused') {
      assert.deepEqual(allowed, [], `${where}: ${decision.message}`);
      refusals++;
      continue;
    }
    assert(allowed.includes(decision.nodeName), `${where}: ${decision.nodeName} is not in ${allowed.join(' ')}`);
    dynamicResources.reserve?.(podInfo(pod), decision.nodeName, cluster.table);
    const taken = own.flatMap(({ metadata }) => {
      const { status } = cluster.table.devices.claim('default', metadata.name) ?? assert.fail();
      return (status.allocation?.devices.results ?? []).map(({ device }) => device);
    });
    let left = free.get(decision.nodeName) ?? [];
    for (const name of taken) {
      const given = left.find((device) => device.name === name);
      assert(given !== undefined, `${where}: ${name} given too often`);
      left = left.filter((device) => device !== given);
    }
    free.set(decision.nodeName, left);
  }
  return refusals;
}

function canServe(claims: readonly ResourceClaim[], devices: readonly Device[]): boolean {
  const wanted = claims.flatMap(({ metadata, spec }) =>
    (spec.devices.requests ?? []).flatMap(({ exactly }) => {
      const color = colors.find((each) => exactly?.selectors?.[0]?.cel?.expression.includes(each));
      return Array.from({ length: exactly?.count ?? 1 }, (): Wanted => ({ claim: metadata.name, color }));
    }),
  );
  const holds = (chosen: readonly Device[]): boolean =>
    claims.every(({ metadata, spec }) => {
      const own = chosen.filter((_, at) => wanted[at]?.claim === metadata.name);
      return (spec.devices.constraints ?? []).every((constraint) => keeps(constraint, own));
    });
  return choices(wanted, devices).some(holds);
}

/** Every way to give each wish a device of its own. */
function choices(wanted: readonly Wanted[], devices: readonly Device[]): readonly (readonly Device[])[] {
  const [first, ...others] = wanted;
  if (first === undefined) return [[]];
  return devices
    .filter((device) => first.color === undefined || colorOf(device) === first.color)
    .flatMap((device) =>
      choices(
        others,
        devices.filter((other) => other !== device),
      ).map((rest) => [device, ...rest]),
    );
}

function keeps({ matchAttribute }: DeviceConstraint, devices: readonly Device[]): boolean {
  const different = new Set(devices.map(colorOf)).size;
  return matchAttribute === undefined ? different === devices.length : different <= 1;
}

function colorOf({ attributes }: Device): string | undefined {
  return attributes?.['color']?.string;
}

function randomDevices(random: Random, nodeName: string): readonly Device[] {
  return Array.from({ length: below(random, 5) }, (_, at) => ({
    name: `${nodeName}-${at}`,
    attributes: { color: { string: pick(random, colors) } },
    ...(random.next() < 0.3 ? forTwo : {}),
  }));
}

const forTwo: Partial<Device> = {
  allowMultipleAllocations: true,
  capacity: { memory: { value: '2Gi', requestPolicy: { default: '1Gi' } } },
};

function shares(device: Device): readonly Device[] {
  return device.allowMultipleAllocations === true ? [device, { ...device }] : [device];
}

function randomClaim(random: Random, name: string): ResourceClaim {
  const requests = Array.from({ length: 1 + below(random, 2) }, (_, at) => {
    const expression = `device.attributes["${driver}"].color == "${pick(random, colors)}"`;
    const selectors = random.next() < 0.5 ? [{ cel: { expression } }] : [];
    return testRequest(`r${at}`, { count: 1 + below(random, 2), selectors });
  });
  const kind = pick(random, ['matchAttribute', 'distinctAttribute', 'none'] as const);
  const constraints = kind === 'none' ? [] : [{ [kind]: `${driver}/color` }];
  return testResourceClaim(name, { requests, constraints });
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] ?? assert.fail();
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
