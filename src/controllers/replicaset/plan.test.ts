import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { nowMs, pod, replicaSet, startTime } from '../testing/objects.ts';
import { nextAvailableMs } from '../pod-state.ts';
import { planReplicas, planReplicaSetStatus } from './plan.ts';

const observe = (of: ReplicaSet, pods: readonly Pod[]) => ({ replicaSet: of, pods, related: pods, nowMs });
const deleted = { deletionTimestamp: startTime };

const tables: readonly { title: string; of: ReplicaSet; pods: readonly Pod[]; create: number; remove: string[] }[] = [
  { title: 'makes all pods', of: replicaSet('a', { replicas: 3 }), pods: [], create: 3, remove: [] },
  { title: 'leaves enough alone', of: replicaSet('a'), pods: [pod('p')], create: 0, remove: [] },
  {
    title: 'replaces finished pods and those on their way out',
    of: replicaSet('a', { replicas: 2 }),
    pods: [pod('p', { phase: 'Failed' }), pod('q', { meta: deleted })],
    create: 2,
    remove: [],
  },
  {
    title: 'gives up unready pods first',
    of: replicaSet('a'),
    pods: [pod('ready', { readySince: startTime, node: 'n' }), pod('unready', { node: 'n' })],
    create: 0,
    remove: ['unready'],
  },
  {
    title: 'gives up unassigned before pending before running pods',
    of: replicaSet('a', { replicas: 0 }),
    pods: [
      pod('running', { node: 'n' }),
      pod('pending', { node: 'n', phase: 'Pending' }),
      pod('unassigned', { phase: 'Pending' }),
    ],
    create: 0,
    remove: ['unassigned', 'pending', 'running'],
  },
  {
    title: 'gives up pods of crowded nodes first',
    of: replicaSet('a', { replicas: 2 }),
    pods: [pod('x', { node: 'n' }), pod('y', { node: 'm' }), pod('z', { node: 'm' })],
    create: 0,
    remove: ['y'],
  },
  {
    title: 'heeds the deletion cost',
    of: replicaSet('a'),
    pods: [
      pod('cheap', { meta: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } } }),
      pod('dear', { meta: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '10' } } }),
    ],
    create: 0,
    remove: ['cheap'],
  },
  { title: 'makes 500 at most', of: replicaSet('a', { replicas: 600 }), pods: [], create: 500, remove: [] },
  {
    title: 'does nothing while it is being deleted',
    of: replicaSet('a', { replicas: 3 }, {}, deleted),
    pods: [],
    create: 0,
    remove: [],
  },
];

for (const { title, of, pods, create, remove } of tables) {
  test(`planReplicas() ${title}`, () => {
    const plan = planReplicas(observe(of, pods));
    assert.equal(plan.create, create);
    assert.deepEqual(
      plan.remove.map(({ metadata }) => metadata.name),
      remove,
    );
  });
}

test('planReplicaSetStatus() counts labeled, ready, available and terminating pods', () => {
  const of = replicaSet('a', { replicas: 4, minReadySeconds: 10 });
  const pods = [
    pod('long', { readySince: '2025-12-31T23:00:00Z' }),
    pod('short', { readySince: '2025-12-31T23:59:55Z' }),
    pod('unlabeled', { meta: { labels: {} } }),
    pod('going', { meta: deleted }),
  ];
  assert.deepEqual(planReplicaSetStatus(observe(of, pods), undefined), {
    replicas: 3,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 1,
    observedGeneration: 1,
    conditions: [],
  });
  assert.equal(nextAvailableMs(pods, 10, nowMs), nowMs + 5000);
});

test('planReplicaSetStatus() says why pods could not be made, until they can', () => {
  const of = replicaSet('a', { replicas: 2 });
  const failed = planReplicaSetStatus(observe(of, []), 'exceeded quota');
  assert.deepEqual(failed.conditions, [
    {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'exceeded quota',
      lastTransitionTime: startTime,
    },
  ]);
  assert.deepEqual(planReplicaSetStatus(observe({ ...of, status: failed }, []), undefined).conditions, []);
});
