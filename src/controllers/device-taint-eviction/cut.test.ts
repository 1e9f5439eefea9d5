import { Pods, ResourceClaims, ResourceSlices } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { pod, startTime } from '../testing/objects.ts';
import { deviceTaintEvictionController } from './reconcile.ts';

const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
const taints = [{ key: 'broken', effect: 'NoExecute', timeAdded: startTime }];

testCuts('deviceTaintEvictionController marks and evicts the pods whose device is tainted', {
  controllers: [deviceTaintEvictionController],
  play: async ({ api, quiet }) => {
    for (const name of ['a', 'b']) {
      const resourceClaims = [{ name: 'gpu', resourceClaimName: name }];
      const { metadata } = await api.create(Pods, pod(name, { node: 'n', spec: { resourceClaims } }));
      const results = [{ request: 'gpu', driver: 'd', pool: 'p', device: name }];
      const reservedFor = [{ resource: 'pods', name, uid: metadata.uid }];
      const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpus' } }] } };
      const made = await api.create(ResourceClaims, { metadata: { namespace: 'default', name }, spec });
      await api.updateStatus(ResourceClaims, {
        ...made,
        status: { allocation: { devices: { results } }, reservedFor },
      });
    }
    const devices = [{ name: 'a', taints }, { name: 'b' }];
    await api.create(ResourceSlices, { metadata: { name: 's' }, spec: { driver: 'd', pool, allNodes: true, devices } });
    await quiet();
  },
});
