import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCluster, testNode, testPod } from '../../test-objects.ts';

test('nodeFilter() refuses nodes that do not declare what the pod needs', () => {
  const able = testNode('able');
  const declaredFeatures = ['RestartAllContainersOnContainerExits'];
  const exitCodes = { operator: 'In', values: [42] };
  const restartPolicyRules = [{ action: 'RestartAllContainers', exitCodes }];
  const needing = testPod('needing', { containers: [{ name: 'main', resources: {}, restartPolicyRules }] });
  const refused = testCluster([testNode('old')]).decide(needing);
  assert(refused.type === 'refused');
  assert.match(
    refused.message,
    /^0\/1 nodes are available: 1 node\(s\) didn't match Pod's required features\. .*preemption: 0\/1 nodes are available: 1 Preemption is not helpful for scheduling\.$/,
  );
  const nodes = [testNode('old'), { ...able, status: { ...able.status, declaredFeatures } }];
  const decision = testCluster(nodes).decide(needing);
  assert(decision.type === 'fits');
  assert.equal(decision.nodeName, 'able');
  assert.equal(testCluster([testNode('old')]).decide(testPod('plain')).type, 'fits');
});
