import { Nodes } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { node } from '../testing/objects.ts';
import { nodeIpamController } from './reconcile.ts';

testCuts('nodeIpamController gives each node a network, and gives it again when the node has gone', {
  controllers: [nodeIpamController({ clusterCidrs: ['10.0.0.0/23'] })],
  play: async ({ api, quiet }) => {
    for (const name of ['a', 'b', 'c']) {
      await api.create(Nodes, node(name));
      await quiet();
    }
    await api.delete(Nodes, { name: 'a' });
    await quiet();
  },
});
