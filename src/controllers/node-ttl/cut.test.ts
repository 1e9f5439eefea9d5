import { Nodes } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { node } from '../testing/objects.ts';
import { nodeTtlController } from './reconcile.ts';

testCuts('nodeTtlController writes new nodes', {
  controllers: [nodeTtlController],
  play: async ({ api, clock, quiet }) => {
    for (const name of ['a', 'b', 'c']) {
      await api.create(Nodes, node(name));
      await quiet();
      clock.advance(1100);
      await quiet();
    }
    await api.delete(Nodes, { name: 'a' });
    await quiet();
    clock.advance(1100);
    await quiet();
  },
});
