import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/groups/core.v1.ts';
import type { Endpoint } from '../../api/groups/discovery.v1.ts';
import { node, service } from '../testing/objects.ts';
import { wantsTopologyHints, withTopologyHints, zoneShares } from './topology-hints.ts';

const endpoint = (zone: string, i: number, ready = true): Endpoint => ({
  addresses: [`10.0.0.${i}`],
  conditions: { ready },
  ...(zone === '' ? {} : { zone }),
});
const group = (...zones: readonly string[]) => ({
  addressType: 'IPv4',
  ports: [],
  endpoints: zones.map((zone, i) => endpoint(zone, i)),
});
const halves = new Map([
  ['a', 0.5],
  ['b', 0.5],
]);

const hints = (zones: readonly string[], shares: ReadonlyMap<string, number> | undefined) => {
  const result = withTopologyHints([group(...zones)], shares);
  if (!result.ok) return result.why;
  return result.groups.flatMap(({ endpoints }) => endpoints.map((one) => one.hints?.forZones?.[0]?.name)).join('');
};

test('withTopologyHints() keeps traffic in its zone and lends from zones with too many', () => {
  assert.equal(hints(['a', 'b'], halves), 'ab');
  assert.equal(hints(['a', 'a', 'a', 'b'], halves), 'baab');
  assert.equal(hints(['a', 'a', 'a', 'a'], halves), 'bbaa');
  assert.equal(
    hints(
      ['a', 'a', 'b', 'b', 'b', 'b'],
      new Map([
        ['a', 0.34],
        ['b', 0.66],
      ]),
    ),
    'aabbbb',
  );
});

test('withTopologyHints() refuses what would overload a zone, or what it cannot know', () => {
  const three = new Map([...halves].map(([zone]) => [zone, 1 / 3] as const)).set('c', 1 / 3);
  assert.equal(hints(['a', 'b'], three), 'Insufficient number of endpoints (2 endpoints, 3 zones)');
  assert.equal(
    hints(['a', 'b', 'b'], halves),
    'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)',
  );
  assert.equal(hints(['a', ''], halves), 'One or more endpoints do not have a zone specified');
  assert.match(hints(['a', 'b'], undefined), /^Insufficient Node information: /);
});

test('withTopologyHints() gives none to endpoints that are not ready', () => {
  const endpoints = [endpoint('a', 1), endpoint('b', 2), endpoint('b', 3, false)];
  const { groups } = withTopologyHints([{ addressType: 'IPv4', ports: [], endpoints }], halves);
  assert.deepEqual(
    groups[0]?.endpoints.map((one) => one.hints !== undefined),
    [true, true, false],
  );
});

test('zoneShares() adds up the processors of nodes that are ready', () => {
  const at = (name: string, zone: string | undefined, cpu: string, labels: object = {}, status = 'True'): Node =>
    node(
      name,
      {},
      { allocatable: { cpu }, conditions: [{ type: 'Ready', status }] },
      { labels: { ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }), ...labels } },
    );
  const two = [at('1', 'a', '1'), at('2', 'b', '1500m'), at('3', 'b', '1500m')];
  assert.deepEqual(
    [...(zoneShares(two) ?? [])],
    [
      ['a', 0.25],
      ['b', 0.75],
    ],
  );
  const other = [
    at('4', undefined, '8', { 'node-role.kubernetes.io/control-plane': '' }),
    at('5', 'a', '8', {}, 'False'),
  ];
  assert.deepEqual(
    [...(zoneShares([...two, ...other]) ?? [])],
    [
      ['a', 0.25],
      ['b', 0.75],
    ],
  );
  assert.equal(zoneShares([...two, at('6', undefined, '1')]), undefined);
  assert.equal(zoneShares([at('1', 'a', '1')]), undefined);
});

test('wantsTopologyHints() reads both annotations', () => {
  const annotated = (key: string, mode: string) =>
    wantsTopologyHints(service('web', {}, { annotations: { [`service.kubernetes.io/${key}`]: mode } }));
  assert.equal(annotated('topology-mode', 'Auto'), true);
  assert.equal(annotated('topology-aware-hints', 'auto'), true);
  assert.equal(annotated('topology-mode', 'Disabled'), false);
  assert.equal(wantsTopologyHints(service('web')), false);
});
