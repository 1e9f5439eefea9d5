import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Toleration } from '../../api/groups/core.v1.ts';
import { node, nowMs, pod, startTime } from '../testing/objects.ts';
import { leavesAtMs } from './plan.ts';

const bad = node('n', {
  taints: [
    { key: 'broken', effect: 'NoExecute', timeAdded: startTime },
    { key: 'busy', effect: 'NoSchedule' },
  ],
});
const exists = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  tolerationSeconds,
});

const tables: readonly { title: string; tolerations: Toleration[]; atMs: number | undefined }[] = [
  { title: 'is now without a toleration', tolerations: [exists('other')], atMs: 0 },
  { title: 'is never with an unlimited one', tolerations: [exists('broken')], atMs: undefined },
  { title: 'is never with one for everything', tolerations: [{ operator: 'Exists' }], atMs: undefined },
  {
    title: 'is after the shortest time given',
    tolerations: [exists('broken', 60), exists('broken', 30)],
    atMs: nowMs + 30_000,
  },
  { title: 'is now when no time is given', tolerations: [exists('broken', 0)], atMs: 0 },
];

for (const { title, tolerations, atMs } of tables) {
  test(`leavesAtMs() ${title}`, () =>
    assert.equal(leavesAtMs(pod('p', { node: 'n', spec: { tolerations } }), bad), atMs));
}

test('leavesAtMs() is undefined for a pod that is leaving already', () => {
  assert.equal(leavesAtMs(pod('p', { meta: { deletionTimestamp: startTime } }), bad), undefined);
});
