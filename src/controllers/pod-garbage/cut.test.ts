import { Nodes, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { node, pod } from '../testing/objects.ts';
import { podGarbageController } from './reconcile.ts';

testCuts('podGarbageController marks and removes the pods of a node that is gone', {
  controllers: [podGarbageController],
  play: async ({ api, clock, quiet }) => {
    for (const name of ['a', 'b']) await api.create(Nodes, node(name));
    for (const name of ['p', 'q']) await api.create(Pods, pod(name, { node: 'a' }));
    await api.create(Pods, pod('stays', { node: 'b' }));
    await quiet();
    await api.delete(Nodes, { name: 'a' });
    // A process that was cut waits for the node anew.
    for (let passed = 0; passed < 160_000; passed += 20_000) {
      await quiet();
      clock.advance(20_000);
    }
    await quiet();
  },
});
