import { Nodes, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { node, pod } from '../testing/objects.ts';
import { taintEvictionController } from './reconcile.ts';

const lost = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };

testCuts('taintEvictionController marks and evicts pods at once and when they no longer tolerate', {
  controllers: [taintEvictionController],
  play: async ({ api, clock, quiet }) => {
    const { metadata, spec } = await api.create(Nodes, node('n'));
    await api.create(Pods, pod('at-once', { node: 'n' }));
    const tolerations = [{ ...lost, operator: 'Exists', tolerationSeconds: 60 }];
    await api.create(Pods, pod('later', { node: 'n', spec: { tolerations } }));
    const forever = [{ ...lost, operator: 'Exists' }];
    await api.create(Pods, pod('never', { node: 'n', spec: { tolerations: forever } }));
    await quiet();
    const timeAdded = new Date(clock.now()).toISOString();
    await api.update(Nodes, { ...node('n'), metadata, spec: { ...spec, taints: [{ ...lost, timeAdded }] } });
    await quiet();
    clock.advance(61_000);
    await quiet();
  },
});
