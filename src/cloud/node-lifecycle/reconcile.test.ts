import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { Instance } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { runCloud } from '../testing/run-cloud.ts';
import { cloudNodeLifecycleController } from './reconcile.ts';

const machine: Instance = { providerId: '', instanceType: '', zone: '', region: '', addresses: [], isShutdown: false };
const ready = [{ type: 'Ready', status: 'True' }];
const unknown = { conditions: [{ type: 'Ready', status: 'Unknown' }] };

test('cloudNodeLifecycleController() follows a machine that is switched off, on, and removed', async () => {
  let found: Instance | undefined | Error = { ...machine, isShutdown: true };
  const asked: string[] = [];
  const find = async ({ metadata }: Node): Promise<Instance | undefined> => {
    asked.push(metadata.name);
    if (found instanceof Error) throw found;
    return found;
  };
  await runCloud(
    () => cloudNodeLifecycleController({ find }),
    async ({ server, clock, events, until, quiet, get }) => {
      server.create(Nodes, { ...cloudNode('healthy', { providerID: 'cloud://1' }) });
      server.create(Nodes, { ...cloudNode('foreign', {}, unknown) });
      server.create(Nodes, { ...cloudNode('a', { providerID: 'cloud://2' }, unknown) });
      await until(() => get<Node>(Nodes, 'a').spec.taints?.length === 1);
      const node = get<Node>(Nodes, 'a');
      server.update(Nodes, { ...node, status: { ...node.status, conditions: ready } }, 'status');
      await until(() => get<Node>(Nodes, 'a').spec.taints?.length === 0);
      const again = get<Node>(Nodes, 'a');
      server.update(Nodes, { ...again, status: { ...again.status, ...unknown } }, 'status');
      found = new Error('the cloud does not answer');
      await quiet();
      found = undefined;
      clock.advance(10_000);
      await until(() => server.find(Nodes, { name: 'a' }) === undefined);
      await quiet();
      assert.deepEqual(events, ['Normal DeletingNode Deleting node a because it does not exist in the cloud provider']);
      assert.deepEqual([...new Set(asked)], ['a']);
      assert.equal(server.all(Nodes).length, 2);
    },
  );
});
