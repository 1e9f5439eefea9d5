import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestCluster } from './cluster.ts';

test('slipway up serves real kubectl, ends without a trace and finds its objects again', async (t) => {
  const first = await startTestCluster({ runtime: 'simulated' });
  t.after(() => first.remove());
  assert.match(first.output(), /The nodes are simulated \(as asked\)/);
  await first.kubectl(['create', 'configmap', 'kept', '--from-literal=a=1']);
  const held = await first.kubectl(['get', 'namespaces', '-o', 'name']);
  assert.match(held, /namespace\/kube-system/);
  await first.stop();
  const second = await startTestCluster({ runtime: 'simulated', dataDirectory: first.dataDirectory });
  t.after(() => second.stop());
  assert.deepEqual(await second.kubectl(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}']), '1');
});
