import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { Route, Routes } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { runCloud } from '../testing/run-cloud.ts';
import { routeController } from './reconcile.ts';

test('routeController() keeps routes in step with nodes, and tells of each node whether its pods are reached', async () => {
  const routes: Route[] = [{ name: 'old', nodeName: undefined, destination: '10.244.9.0/24' }];
  const cloud: Routes = {
    list: async () => routes,
    async create({ metadata }, destination) {
      if (metadata.name === 'b') throw new Error('the network is full');
      routes.push({ name: destination, nodeName: metadata.name, destination });
    },
    remove: async (route) => void routes.splice(routes.indexOf(route), 1),
  };
  await runCloud(
    () => routeController(cloud, { clusterRanges: ['10.244.0.0/16'] }),
    async ({ server, events, until, get }) => {
      const conditions: Node['status']['conditions'] = [];
      server.create(Nodes, { ...cloudNode('a', { podCIDR: '10.244.0.0/24' }, { conditions }) });
      server.create(Nodes, { ...cloudNode('b', { podCIDR: '10.244.1.0/24' }, { conditions }) });
      const unavailable = (name: string): string | undefined =>
        get<Node>(Nodes, name).status.conditions?.find(({ type }) => type === 'NetworkUnavailable')?.status;
      await until(() => unavailable('a') === 'False' && unavailable('b') === 'True');
      assert.deepEqual(
        routes.map(({ nodeName, destination }) => `${nodeName} ${destination}`),
        ['a 10.244.0.0/24'],
      );
      assert.equal(
        events[0],
        `Warning FailedToCreateRoute Could not create route ${get<Node>(Nodes, 'b').metadata.uid} 10.244.1.0/24 for node b: the network is full`,
      );
      server.delete(Nodes, { name: 'a' });
      await until(() => routes.length === 0);
    },
  );
});
