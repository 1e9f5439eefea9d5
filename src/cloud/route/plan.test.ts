import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { networkCondition, planRoutes } from './plan.ts';

const a = cloudNode('a', { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24', 'fd00::/64'] });
const b = cloudNode('b', { podCIDR: '10.244.1.0/24' });
const ranges = ['10.244.0.0/16', 'fd00::/56'];

function route(nodeName: string | undefined, destination: string): Route {
  return { name: destination, nodeName, destination };
}

test('planRoutes() makes one route a node and range, and removes what leads elsewhere within the ranges of the pods', () => {
  const routes = [
    route('a', '10.244.0.0/24'),
    route('b', '10.244.2.0/24'),
    route(undefined, '10.244.1.0/24'),
    route(undefined, '192.168.0.0/24'),
    route('b', 'fd00:0:0:200::/64'),
  ];
  const { remove, create } = planRoutes([a, b, cloudNode('c')], routes, ranges);
  assert.deepEqual(remove, [routes[1], routes[2]]);
  assert.deepEqual(
    create.map(({ node, destination }) => `${node.metadata.name} ${destination}`),
    ['a fd00::/64', 'b 10.244.1.0/24'],
  );
  assert.deepEqual(planRoutes([], [route('a', '10.244.0.0/24')], ranges).remove.length, 1);
});

test('networkCondition() is told when it is other than the node says', () => {
  assert.equal(networkCondition(a, true)?.reason, 'RouteCreated');
  assert.equal(networkCondition(a, false)?.message, 'RouteController failed to create a route');
  const reached = cloudNode('a', {}, { conditions: [{ type: 'NetworkUnavailable', status: 'False' }] });
  assert.equal(networkCondition(reached, true), undefined);
  assert.equal(networkCondition(reached, false)?.status, 'True');
});
