import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, NodeCondition } from '../../api/groups/core.v1.ts';
import { node, nowMs, startTime } from '../testing/objects.ts';
import { planNodeConditions, planTaints } from './plan.ts';

const earlier = '2025-12-31T23:00:00Z';
const condition = (type: string, status: string): NodeCondition => ({
  type,
  status,
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
  lastHeartbeatTime: earlier,
  lastTransitionTime: earlier,
});
const withConditions = (...of: readonly NodeCondition[]): Node => node('n', {}, { conditions: of });
const well = withConditions(condition('Ready', 'True'), condition('DiskPressure', 'False'));

const observe = (of: Node, more: object = {}) => ({
  node: of,
  heardMs: nowMs,
  anyReady: true,
  mayDrive: () => true,
  nowMs,
  ...more,
});

test('planNodeConditions() lets a node be that was heard of', () => {
  assert.equal(planNodeConditions(observe(well, { heardMs: nowMs - 49_000 })), undefined);
});

test('planNodeConditions() says that a node is lost after its silence, once', () => {
  const silent = observe(well, { heardMs: nowMs - 50_000 });
  const conditions = planNodeConditions(silent);
  assert.deepEqual(
    conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
    [
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusUnknown',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ],
  );
  assert.equal(conditions?.[0]?.message, 'Kubelet stopped posting node status.');
  assert.equal(conditions?.[0]?.lastTransitionTime, startTime);
  assert.equal(planNodeConditions({ ...silent, node: withConditions(...conditions) }), undefined);
});

const taints: readonly { title: string; of: Node; anyReady?: boolean; taints: string[] | undefined }[] = [
  { title: 'leaves a well node alone', of: well, taints: undefined },
  {
    title: 'marks a node that is not ready',
    of: withConditions(condition('Ready', 'False')),
    taints: ['not-ready NoSchedule', 'not-ready NoExecute'],
  },
  {
    title: 'marks a node that is lost',
    of: withConditions(condition('Ready', 'Unknown')),
    taints: ['unreachable NoSchedule', 'unreachable NoExecute'],
  },
  {
    title: 'drives nothing away when no node is ready',
    of: withConditions(condition('Ready', 'Unknown')),
    anyReady: false,
    taints: ['unreachable NoSchedule'],
  },
  { title: 'marks a node that has never reported', of: withConditions(), taints: ['not-ready NoSchedule'] },
  {
    title: 'marks pressure and cordons',
    of: {
      ...withConditions(condition('Ready', 'True'), condition('DiskPressure', 'True')),
      spec: { unschedulable: true },
    },
    taints: ['disk-pressure NoSchedule', 'unschedulable NoSchedule'],
  },
  {
    title: 'takes marks off that hold no more, and leaves those of others',
    of: {
      ...well,
      spec: {
        taints: [
          { key: 'example.com/own', effect: 'NoSchedule' },
          { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        ],
      },
    },
    taints: ['example.com/own NoSchedule'],
  },
];

for (const { title, of, anyReady = true, taints: expected } of taints) {
  test(`planTaints() ${title}`, () => {
    const planned = planTaints(observe(of, { anyReady }));
    assert.deepEqual(
      planned?.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')} ${effect}`),
      expected,
    );
  });
}

test('planTaints() drives nobody away before it may, and changes the reason without asking', () => {
  const silent = node('n', {}, { conditions: [{ ...condition('Ready', 'Unknown') }] });
  const keys = (of: Node) =>
    planTaints(observe(of, { mayDrive: () => false }))?.map(({ key, effect }) => `${key} ${effect}`);
  assert.deepEqual(keys(silent), ['node.kubernetes.io/unreachable NoSchedule']);
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }];
  assert.deepEqual(keys({ ...silent, spec: { taints } }), [
    'node.kubernetes.io/unreachable NoSchedule',
    'node.kubernetes.io/unreachable NoExecute',
  ]);
});
