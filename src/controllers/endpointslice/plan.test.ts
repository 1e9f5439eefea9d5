import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { metadata, node, pod, service, startTime } from '../testing/objects.ts';
import type { NewSlice, SlicePlan } from '../slice-groups.ts';
import { planSlices } from './plan.ts';

const at = (name: string, podIP: string, ready = true, meta: object = {}): Pod =>
  pod(name, {
    status: { podIP, podIPs: [{ ip: podIP }] },
    meta,
    node: 'n',
    ...(ready ? { readySince: startTime } : {}),
  });
const many = (count: number, from = 0): Pod[] =>
  Array.from({ length: count }, (_, i) => at(`p${from + i}`, `10.0.${(from + i) >> 8}.${(from + i) & 255}`));

function plan(of: Service, pods: readonly Pod[], slices: readonly EndpointSlice[] = []): SlicePlan {
  const zone = node('n', {}, {}, { labels: { 'topology.kubernetes.io/zone': 'west' } });
  return planSlices({ service: of, pods, slices, nodeOf: () => zone, nodes: () => [zone] });
}

const stored = (slice: NewSlice, i = 0): EndpointSlice => ({
  ...slice,
  metadata: metadata(`web-${i}`, slice.metadata),
});
const sizes = ({ create, update, remove }: SlicePlan) => ({
  create: create.map(({ endpoints }) => endpoints?.length),
  update: update.map(({ metadata, endpoints }) => `${metadata.name} ${endpoints?.length}`),
  remove: remove.map(({ metadata }) => metadata.name),
});
const none = { create: [], update: [], remove: [] };

test('planSlices() describes each pod with its state, node and zone', () => {
  const pods = [
    at('a', '10.0.0.1'),
    at('b', '10.0.0.2', false),
    at('c', '10.0.0.3', true, { deletionTimestamp: startTime }),
  ];
  const of = service('web', {}, { labels: { tier: 'front' } });
  const [slice] = plan(of, pods).create;
  assert.ok(slice);
  assert.equal(slice.addressType, 'IPv4');
  assert.deepEqual(slice.ports, [{ name: 'http', protocol: 'TCP', port: 8080, appProtocol: undefined }]);
  assert.deepEqual(slice.endpoints?.[0], {
    addresses: ['10.0.0.1'],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'uid-a' },
    nodeName: 'n',
    zone: 'west',
  });
  assert.deepEqual(slice.endpoints?.[1]?.conditions, { ready: false, serving: false, terminating: false });
  assert.deepEqual(slice.endpoints?.[2]?.conditions, { ready: false, serving: true, terminating: true });
  assert.deepEqual(stored(slice).metadata.labels, {
    tier: 'front',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
  assert.equal(stored(slice).metadata.ownerReferences?.[0]?.kind, 'Service');
});

test('planSlices() makes an empty slice for a Service without pods, and keeps one', () => {
  const first = plan(service('web'), []);
  assert.deepEqual(sizes(first), { ...none, create: [0] });
  const slices = first.create.map((slice) => stored(slice));
  assert.deepEqual(sizes(plan(service('web'), [], slices)), none);
  const wire = slices.map(
    (slice) => JSON.parse(JSON.stringify({ ...slice, endpoints: null, ports: null })) as EndpointSlice,
  );
  assert.deepEqual(sizes(plan(service('web'), [], wire)), none);
});

test('planSlices() puts a hundred endpoints in a slice', () => {
  assert.deepEqual(sizes(plan(service('web'), many(250))), { ...none, create: [100, 100, 50] });
});

test('planSlices() changes as few slices as it can', () => {
  const of = service('web');
  const pods = many(250);
  const slices = plan(of, pods).create.map(stored);
  assert.deepEqual(sizes(plan(of, pods, slices)), none);
  assert.deepEqual(sizes(plan(of, [...pods, at('new', '10.1.0.1')], slices)), { ...none, update: ['web-2 51'] });
  assert.deepEqual(sizes(plan(of, [...pods.slice(1), at('new', '10.1.0.1')], slices)), {
    ...none,
    update: ['web-0 100'],
  });
  assert.deepEqual(sizes(plan(of, pods.slice(0, 200), slices)), { ...none, remove: ['web-2'] });
});

test("planSlices() replaces slices whose ports are no longer the Service's", () => {
  const slices = plan(service('web'), many(1)).create.map(stored);
  const moved = service('web', { ports: [{ name: 'http', port: 80, targetPort: 9090 }] });
  assert.deepEqual(sizes(plan(moved, many(1), slices)), { create: [1], update: [], remove: ['web-0'] });
});

test('planSlices() has a list for each address family, names in a headless Service, and hints', () => {
  const base = at('a', '10.0.0.1');
  const dual: Pod = {
    ...base,
    spec: { ...base.spec, hostname: 'first', subdomain: 'web' },
    status: { ...base.status, podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
  };
  const of = service('web', {
    clusterIP: 'None',
    ports: [],
    ipFamilies: ['IPv4', 'IPv6'],
    trafficDistribution: 'PreferClose',
  });
  const { create } = plan(of, [dual]);
  assert.deepEqual(
    create.map(({ addressType, endpoints }) => [addressType, endpoints?.[0]?.addresses[0]]),
    [
      ['IPv4', '10.0.0.1'],
      ['IPv6', 'fd00::1'],
    ],
  );
  assert.equal(create[0]?.endpoints?.[0]?.hostname, 'first');
  assert.deepEqual(create[0]?.endpoints?.[0]?.hints, { forZones: [{ name: 'west' }] });
});
