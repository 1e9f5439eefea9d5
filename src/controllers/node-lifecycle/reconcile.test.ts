import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeCondition } from '../../api/groups/core.v1.ts';
import { Nodes, Pods } from '../../api/resources.ts';
import { findCondition } from '../condition.ts';
import { isPodReady } from '../pod-state.ts';
import { node, pod, startTime } from '../testing/objects.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { taintEvictionController } from '../taint-eviction/reconcile.ts';
import { nodeLifecycleController } from './reconcile.ts';

async function report(api: MemoryApi, name: string, time: number): Promise<void> {
  const at = new Date(time).toISOString();
  const ready: NodeCondition = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: '',
    lastHeartbeatTime: at,
    lastTransitionTime: startTime,
  };
  const current = await api.get(Nodes, { name });
  await api.updateStatus(Nodes, { ...current, status: { ...current.status, conditions: [ready] } });
}

test('a node that falls silent is marked, its pods leave in time, and it recovers', async () => {
  await runCluster([nodeLifecycleController, taintEvictionController], async ({ api, clock, quiet, events }) => {
    const tolerant = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' };
    const patience = [{ ...tolerant, tolerationSeconds: 300 }];
    for (const name of ['a', 'b']) await api.create(Nodes, node(name));
    await api.create(Pods, pod('patient', { node: 'a', readySince: startTime, spec: { tolerations: patience } }));
    await api.create(Pods, pod('loyal', { node: 'a', spec: { tolerations: [tolerant] } }));
    for (const name of ['a', 'b']) await report(api, name, clock.now());
    await quiet();
    assert.deepEqual((await api.get(Nodes, { name: 'a' })).spec.taints ?? [], []);

    clock.advance(40_000);
    await report(api, 'b', clock.now());
    clock.advance(20_000);
    await quiet();
    const lost = await api.get(Nodes, { name: 'a' });
    assert.equal(findCondition(lost.status.conditions, 'Ready')?.status, 'Unknown');
    assert.equal(lost.spec.taints?.length, 2);
    assert.ok(events.includes('NodeNotReady Node a status is now: NodeNotReady'));
    const patient = await api.get(Pods, { namespace: 'default', name: 'patient' });
    assert.ok(!isPodReady(patient));
    assert.equal(patient.metadata.deletionTimestamp, undefined);

    for (let passed = 0; passed < 300; passed += 30) {
      await report(api, 'b', clock.now());
      clock.advance(30_000);
      await quiet();
    }
    const leaving = await api.get(Pods, { namespace: 'default', name: 'patient' });
    assert.ok(leaving.metadata.deletionTimestamp);
    assert.equal(findCondition(leaving.status.conditions, 'DisruptionTarget')?.reason, 'DeletionByTaintManager');
    assert.equal((await api.get(Pods, { namespace: 'default', name: 'loyal' })).metadata.deletionTimestamp, undefined);

    await report(api, 'a', clock.now());
    await quiet();
    assert.deepEqual((await api.get(Nodes, { name: 'a' })).spec.taints, []);
  });
});

test('nodeLifecycleController tells once that a node has come, and that it has gone', async () => {
  await runCluster([nodeLifecycleController], async ({ api, clock, quiet, events }) => {
    await api.create(Nodes, node('a'));
    await report(api, 'a', clock.now());
    await quiet();
    assert.deepEqual(events, ['RegisteredNode Node a event: Registered Node a in Controller']);
    await api.delete(Nodes, { name: 'a' });
    await quiet();
    assert.equal(events.at(-1), 'RemovingNode Node a event: Removing Node a from Controller');
    assert.equal(events.length, 2);
  });
});

test('nodeLifecycleController drives pods from one lost node of a zone every ten seconds', async () => {
  await runCluster([nodeLifecycleController], async ({ api, clock, quiet }) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) await api.create(Nodes, node(name));
    for (const name of names) await report(api, name, clock.now());
    await quiet();
    const driven = () =>
      api.all(Nodes).filter(({ spec }) => (spec.taints ?? []).some(({ effect }) => effect === 'NoExecute')).length;
    clock.advance(40_000);
    for (const name of names.slice(3)) await report(api, name, clock.now());
    await quiet();
    clock.advance(11_000);
    await quiet();
    assert.equal(driven(), 1);
    for (const expected of [2, 3, 3]) {
      clock.advance(11_000);
      for (const name of names.slice(3)) await report(api, name, clock.now());
      await quiet();
      assert.equal(driven(), expected);
    }
  });
});
