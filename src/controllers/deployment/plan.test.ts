import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { deployment, ownedBy, pod, replicaSet, startTime, template } from '../testing/objects.ts';
import { planDeployment } from './plan.ts';
import { templateHash } from '../template-hash.ts';

interface Member {
  readonly image?: string;
  readonly replicas: number;
  readonly available?: number;
  readonly revision?: string;
  /** What the Deployment wanted when it sized this one; default: 10. */
  readonly desired?: string;
  readonly max?: string;
}

function member(name: string, facts: Member): ReplicaSet {
  const { image = 'v1', replicas, available = replicas, revision = '1', desired = '10', max = '13' } = facts;
  const annotations = {
    'deployment.kubernetes.io/revision': revision,
    'deployment.kubernetes.io/desired-replicas': desired,
    'deployment.kubernetes.io/max-replicas': max,
  };
  const meta = {
    ...ownedBy('Deployment', 'web'),
    annotations,
    creationTimestamp: `2025-01-0${name.slice(-1)}T00:00:00Z`,
  };
  const status = { replicas, readyReplicas: available, availableReplicas: available };
  return replicaSet(name, { replicas, template: template(image) }, status, meta);
}

function script(of: Deployment, replicaSets: readonly ReplicaSet[], pods: readonly Pod[] = []): readonly string[] {
  const plan = planDeployment({ deployment: of, replicaSets, podsOf: () => pods });
  const { create, update, remove, progress, revision } = plan;
  const sizes = new Map(replicaSets.map((one) => [one.metadata.name, one.spec.replicas]));
  return [
    ...(create === undefined ? [] : [`create ${create.spec?.replicas}`]),
    ...update.map(({ metadata, spec }) =>
      sizes.get(metadata.name) === spec.replicas
        ? `annotate ${metadata.name}`
        : `size ${metadata.name} ${sizes.get(metadata.name)} → ${spec.replicas}`,
    ),
    ...remove.map(({ metadata }) => `remove ${metadata.name}`),
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(progress === undefined ? [] : [progress.reason]),
  ];
}

const at = { lastUpdateTime: startTime, lastTransitionTime: startTime };
const progressing = { conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', ...at }] };
const ten = (spec: Partial<Deployment['spec']> = {}, revision = '2', status: object = {}): Deployment =>
  deployment(
    { replicas: 10, ...spec },
    { ...progressing, ...status },
    {
      annotations: { 'deployment.kubernetes.io/revision': revision },
    },
  );
const recreate = { strategy: { type: 'Recreate' } };
const complete = { replicas: 10, updatedReplicas: 10, availableReplicas: 10, observedGeneration: 1 };
const newTemplate = { template: template('v2') };

const tables: readonly { title: string; of: Deployment; members: ReplicaSet[]; pods?: Pod[]; script: string[] }[] = [
  { title: 'makes the first ReplicaSet at full size', of: ten(), members: [], script: ['create 10'] },
  {
    title: 'makes the next ReplicaSet as large as the surge allows',
    of: ten(newTemplate),
    members: [member('a1', { replicas: 10 })],
    script: ['create 3'],
  },
  {
    title: 'takes the rest of the surge first',
    of: ten(newTemplate),
    members: [member('a1', { replicas: 8 }), member('b2', { image: 'v2', replicas: 3, revision: '2' })],
    script: ['size b2 3 → 5'],
  },
  {
    title: 'shrinks the old one by what may be unavailable',
    of: ten(newTemplate),
    members: [member('a1', { replicas: 10 }), member('b2', { image: 'v2', replicas: 3, available: 0, revision: '2' })],
    script: ['size a1 10 → 8'],
  },
  {
    title: 'stands still while the new pods are not available',
    of: ten(newTemplate),
    members: [member('a1', { replicas: 8 }), member('b2', { image: 'v2', replicas: 5, available: 0, revision: '2' })],
    script: [],
  },
  {
    title: 'gives up unhealthy old pods first',
    of: ten(newTemplate),
    members: [
      member('a1', { replicas: 8, available: 8 }),
      member('c3', { image: 'v0', replicas: 3, available: 0 }),
      member('b2', { image: 'v2', replicas: 2, available: 2, revision: '2' }),
    ],
    script: ['size a1 8 → 6', 'size c3 3 → 0'],
  },
  {
    title: 'raises the revision when it goes back to an old template',
    of: ten({}, '2'),
    members: [member('a1', { replicas: 0 }), member('b2', { image: 'v2', replicas: 10, revision: '2' })],
    script: ['size a1 0 → 3', 'revision 3'],
  },
  {
    title: 'spreads a changed size over all that have pods',
    of: ten({ ...newTemplate, replicas: 20 }),
    members: [member('a1', { replicas: 8 }), member('b2', { image: 'v2', replicas: 5, revision: '2' })],
    script: ['size a1 8 → 15', 'size b2 5 → 10'],
  },
  {
    title: 'spreads while paused too, and makes nothing new',
    of: ten({ ...newTemplate, paused: true }, '1', { conditions: [] }),
    members: [member('a1', { replicas: 10 })],
    script: ['DeploymentPaused'],
  },
  {
    title: 'scales the only one when it is paused',
    of: ten({ ...newTemplate, paused: true, replicas: 12 }, '1', {
      conditions: [{ type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused' }],
    }),
    members: [member('a1', { replicas: 10 })],
    script: ['size a1 10 → 12'],
  },
  {
    title: 'stops all old pods before it makes new ones when it recreates',
    of: ten({ ...newTemplate, ...recreate }),
    members: [member('a1', { replicas: 10, max: '10' })],
    script: ['size a1 10 → 0'],
  },
  {
    title: 'waits for pods that still run when it recreates',
    of: ten({ ...newTemplate, ...recreate }),
    members: [member('a1', { replicas: 0, max: '10' })],
    pods: [pod('p')],
    script: [],
  },
  {
    title: 'makes the new one once no old pod runs when it recreates',
    of: ten({ ...newTemplate, ...recreate }),
    members: [member('a1', { replicas: 0, max: '10' })],
    pods: [pod('p', { phase: 'Failed' })],
    script: ['create 10'],
  },
  {
    title: 'removes history beyond its limit once the rollout is complete',
    of: ten({ ...newTemplate, revisionHistoryLimit: 1 }, '3', complete),
    members: [
      member('a2', { image: 'old', replicas: 0, revision: '2' }),
      member('b1', { image: 'older', replicas: 0, revision: '1' }),
      member('c3', { image: 'v2', replicas: 10, revision: '3' }),
    ],
    script: ['remove b1'],
  },
  {
    title: 'does nothing while it is being deleted',
    of: { ...ten(), metadata: { ...ten().metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
    members: [],
    script: [],
  },
];

for (const { title, of, members, pods, script: expected } of tables) {
  test(`planDeployment() ${title}`, () => assert.deepEqual(script(of, members, pods), expected));
}

test('planDeployment() names the new ReplicaSet by its template, and carries annotations over', () => {
  const annotations = {
    'kubernetes.io/change-cause': 'because',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  };
  const of = deployment({}, {}, { annotations });
  const { create } = planDeployment({ deployment: of, replicaSets: [], podsOf: () => [] });
  const hash = templateHash(of.spec.template, undefined);
  assert.equal(create?.metadata?.name, `web-${hash}`);
  assert.deepEqual(create?.spec?.selector?.matchLabels, { app: 'web', 'pod-template-hash': hash });
  assert.deepEqual(create?.spec?.template?.metadata?.labels, { app: 'web', 'pod-template-hash': hash });
  assert.deepEqual(create?.metadata?.annotations, {
    'kubernetes.io/change-cause': 'because',
    'deployment.kubernetes.io/revision': '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  });
  const collided = { ...of, status: { collisionCount: 1 } };
  const other = planDeployment({ deployment: collided, replicaSets: [], podsOf: () => [] }).create;
  assert.notEqual(other?.metadata?.name, create?.metadata?.name);
});
