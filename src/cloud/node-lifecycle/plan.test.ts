import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instance } from '../provider.ts';
import { cloudNode } from '../testing/objects.ts';
import { planFate } from './plan.ts';

const taint = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };
const mine = { key: 'mine', effect: 'NoSchedule' };
const running: Instance = { providerId: '', instanceType: '', zone: '', region: '', addresses: [], isShutdown: false };
const off = { ...running, isShutdown: true };

test('planFate() removes a node without a machine, and marks one whose machine is switched off', () => {
  const node = cloudNode('a', { taints: [mine] });
  const marked = cloudNode('a', { taints: [mine, taint] });
  assert.deepEqual(planFate(node, undefined), { type: 'remove' });
  assert.deepEqual(planFate(node, off), { type: 'taint', taints: [mine, taint] });
  assert.deepEqual(planFate(marked, off), { type: 'nothing' });
  assert.deepEqual(planFate(marked, running), { type: 'taint', taints: [mine] });
  assert.deepEqual(planFate(marked, 'unasked'), { type: 'taint', taints: [mine] });
  assert.deepEqual(planFate(node, running), { type: 'nothing' });
});
