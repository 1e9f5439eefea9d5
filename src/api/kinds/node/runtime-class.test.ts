import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf } from '../../testing/checked.ts';
import { runtimeClassDescriptor } from './runtime-class.ts';

test('runtimeClassDescriptor warns of labels that nodes no longer have', () => {
  const nodeSelector = { 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'amd64', own: 'x' };
  const made = { handler: 'h', scheduling: { nodeSelector } };
  assert.deepEqual(warningsOf(runtimeClassDescriptor, made), [
    'scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/arch" instead',
    'scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
  assert.deepEqual(warningsOf(runtimeClassDescriptor, { handler: 'h' }), []);
});
