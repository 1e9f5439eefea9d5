import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerRevision, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { metadata, nowMs, ownedBy, pod, startTime, statefulSet, template } from '../testing/objects.ts';
import { planStatefulPods, planStatefulSetStatus } from './plan.ts';
import { claimsOf, statefulPod } from './stateful-pod.ts';

const revision = (name: string, number: number): ControllerRevision => ({ metadata: metadata(name), revision: number });
const current = revision('db-old', 1);
const update = revision('db-new', 2);

interface Facts {
  readonly at?: string;
  readonly ready?: boolean;
  readonly deleting?: boolean;
  readonly phase?: string;
}

function member(ordinal: number, { at = 'db-new', ready = true, deleting, phase = 'Running' }: Facts = {}): Pod {
  const labels = { app: 'web', 'controller-revision-hash': at };
  const meta = { ...ownedBy('StatefulSet', 'db'), labels, ...(deleting ? { deletionTimestamp: startTime } : {}) };
  return pod(`db-${ordinal}`, { phase, meta, ...(ready ? { readySince: startTime } : {}) });
}

function script(of: StatefulSet, pods: readonly Pod[]): readonly string[] {
  const plan = planStatefulPods({ statefulSet: of, pods, current, update, nowMs });
  return [
    ...plan.create.map(({ ordinal, revision: { metadata } }) => `create ${ordinal} at ${metadata.name}`),
    ...plan.remove.map(({ metadata }) => `remove ${metadata.name}`),
  ];
}

const old = { at: 'db-old' };
const parallel = { podManagementPolicy: 'Parallel' };
const partition = (at: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: at } } });

const tables: readonly { title: string; of?: StatefulSet; pods: Pod[]; script: string[] }[] = [
  { title: 'begins with the first', pods: [], script: ['create 0 at db-new'] },
  { title: 'waits until it is ready', pods: [member(0, { ready: false })], script: [] },
  { title: 'goes on then', pods: [member(0)], script: ['create 1 at db-new'] },
  { title: 'fills a gap first', pods: [member(0), member(2)], script: ['create 1 at db-new'] },
  { title: 'waits while one is going', pods: [member(0, { deleting: true }), member(1)], script: [] },
  { title: 'replaces what has failed', pods: [member(0, { phase: 'Failed', ready: false })], script: ['remove db-0'] },
  {
    title: 'makes all at once when they may be',
    of: statefulSet(parallel),
    pods: [],
    script: ['create 0 at db-new', 'create 1 at db-new', 'create 2 at db-new'],
  },
  {
    title: 'counts from where it is told to',
    of: statefulSet({ ordinals: { start: 5 } }),
    pods: [member(5)],
    script: ['create 6 at db-new'],
  },
  {
    title: 'gives up the highest first',
    of: statefulSet({ replicas: 1 }),
    pods: [member(0), member(1), member(2)],
    script: ['remove db-2'],
  },
  {
    title: 'waits until it is gone',
    of: statefulSet({ replicas: 1 }),
    pods: [member(0), member(1), member(2, { deleting: true })],
    script: [],
  },
  {
    title: 'gives up all at once when it may',
    of: statefulSet({ ...parallel, replicas: 1 }),
    pods: [member(0), member(1), member(2)],
    script: ['remove db-2', 'remove db-1'],
  },
  {
    title: 'updates from the highest down',
    pods: [member(0, old), member(1, old), member(2, old)],
    script: ['remove db-2'],
  },
  {
    title: 'waits until the new one is ready',
    pods: [member(0, old), member(1, old), member(2, { ready: false })],
    script: [],
  },
  { title: 'goes on with the next', pods: [member(0, old), member(1, old), member(2)], script: ['remove db-1'] },
  {
    title: 'leaves those below the partition',
    of: statefulSet(partition(2)),
    pods: [member(0, old), member(1, old), member(2)],
    script: [],
  },
  {
    title: 'makes those below the partition as they were',
    of: statefulSet(partition(2)),
    pods: [member(1, old), member(2)],
    script: ['create 0 at db-old'],
  },
  {
    title: 'updates nothing by itself when told so',
    of: statefulSet({ updateStrategy: { type: 'OnDelete' } }),
    pods: [member(0, old), member(1, old), member(2, old)],
    script: [],
  },
  {
    title: 'does nothing while it is being deleted',
    of: statefulSet({}, {}, { deletionTimestamp: startTime }),
    pods: [],
    script: [],
  },
];

for (const { title, of = statefulSet(), pods, script: expected } of tables) {
  test(`planStatefulPods() ${title}`, () => assert.deepEqual(script(of, pods), expected));
}

test('planStatefulSetStatus() counts by revision, and takes the new one as current when all have it', () => {
  const half = [member(0, old), member(1, old), member(2, { ready: false })];
  assert.deepEqual(planStatefulSetStatus({ statefulSet: statefulSet(), pods: half, current, update, nowMs }), {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 2,
    availableReplicas: 2,
    currentReplicas: 2,
    updatedReplicas: 1,
    currentRevision: 'db-old',
    updateRevision: 'db-new',
  });
  const whole = [member(0), member(1), member(2)];
  const status = planStatefulSetStatus({ statefulSet: statefulSet(), pods: whole, current, update, nowMs });
  assert.equal(status.currentRevision, 'db-new');
  assert.equal(status.currentReplicas, 3);
});

test('statefulPod() has the name, host and volumes of its place', () => {
  const claim = { metadata: metadata('data'), spec: { accessModes: ['ReadWriteOnce'], resources: {} }, status: {} };
  const of = statefulSet({ volumeClaimTemplates: [claim] });
  const { metadata: meta, spec } = statefulPod(of, 1, 'db-new', template('v1'));
  assert.equal(meta?.name, 'db-1');
  assert.equal(meta?.labels?.['apps.kubernetes.io/pod-index'], '1');
  assert.equal(spec?.hostname, 'db-1');
  assert.equal(spec?.subdomain, 'db');
  assert.deepEqual(spec?.volumes, [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }]);
  assert.deepEqual(claimsOf(of, 1)[0]?.metadata?.name, 'data-db-1');
});
