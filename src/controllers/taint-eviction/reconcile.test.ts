import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes, Pods } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { node, pod } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { taintEvictionController } from './reconcile.ts';

test('taintEvictionController tells which pods are to go, and which stay after all', async () => {
  await runCluster([taintEvictionController], async ({ api, clock, quiet, events }) => {
    const broken = { key: 'broken', effect: 'NoExecute' };
    const tolerations = [{ ...broken, operator: 'Exists', tolerationSeconds: 60 }];
    const { metadata } = await api.create(Nodes, node('n'));
    await api.create(Pods, pod('later', { node: 'n', spec: { tolerations } }));
    await api.create(Pods, pod('at-once', { node: 'n' }));
    const taint = { ...broken, timeAdded: formatTime(clock.now()) };
    const tainted = await api.update(Nodes, { ...node('n', { taints: [taint] }), metadata });
    await quiet();
    assert.deepEqual(events, ['TaintManagerEviction Marking for deletion Pod default/at-once']);
    await api.update(Nodes, { ...tainted, spec: {} });
    await quiet();
    assert.equal(events.at(-1), 'TaintManagerEviction Cancelling deletion of Pod default/later');
    clock.advance(61_000);
    await quiet();
    assert.equal(events.length, 2);
    assert.equal((await api.get(Pods, { namespace: 'default', name: 'later' })).metadata.deletionTimestamp, undefined);
  });
});
