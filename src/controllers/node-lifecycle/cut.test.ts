import type { NodeCondition } from '../../api/groups/core.v1.ts';
import { Nodes, Pods } from '../../api/resources.ts';
import { podGarbageController } from '../pod-garbage/reconcile.ts';
import { taintEvictionController } from '../taint-eviction/reconcile.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { node, pod, startTime } from '../testing/objects.ts';
import { nodeLifecycleController } from './reconcile.ts';

async function report(api: MemoryApi, name: string, time: number): Promise<void> {
  const at = new Date(time).toISOString();
  const reason = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' };
  const ready: NodeCondition = { ...reason, lastHeartbeatTime: at, lastTransitionTime: startTime };
  const current = await api.get(Nodes, { name });
  await api.updateStatus(Nodes, { ...current, status: { ...current.status, conditions: [ready] } });
}

testCuts('a node falls silent, its pods leave, it recovers, and another goes for good', {
  controllers: [nodeLifecycleController, taintEvictionController, podGarbageController],
  play: async ({ api, clock, quiet }) => {
    const tolerant = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' };
    const tolerations = [{ ...tolerant, tolerationSeconds: 300 }];
    for (const name of ['a', 'b', 'c']) await api.create(Nodes, node(name));
    await api.create(Pods, pod('patient', { node: 'a', readySince: startTime, spec: { tolerations } }));
    await api.create(Pods, pod('hasty', { node: 'a', readySince: startTime }));
    await api.create(Pods, pod('other', { node: 'c', readySince: startTime }));
    for (let passed = 0; passed < 600; passed += 30) {
      for (const name of passed === 0 ? ['a', 'b', 'c'] : ['b', 'c']) await report(api, name, clock.now());
      await quiet();
      clock.advance(30_000);
    }
    await api.delete(Nodes, { name: 'c' });
    await report(api, 'a', clock.now());
    for (let passed = 0; passed < 120; passed += 20) {
      await report(api, 'b', clock.now());
      await report(api, 'a', clock.now());
      await quiet();
      clock.advance(20_000);
    }
    await quiet();
  },
});
