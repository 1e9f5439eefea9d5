import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, DeploymentCondition } from '../../api/groups/apps.v1.ts';
import { deployment, nowMs, replicaSet } from '../testing/objects.ts';
import { deadlineAtMs, planDeploymentStatus } from './status.ts';

const at = (time: string) => ({ lastUpdateTime: time, lastTransitionTime: time });
const moving = (time: string): DeploymentCondition => ({
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetUpdated',
  message: 'ReplicaSet "web-1" is progressing.',
  ...at(time),
});

function plan(of: Deployment, available: number) {
  const counts = { replicas: 3, readyReplicas: available, availableReplicas: available };
  const current = replicaSet('web-1', { replicas: 3 }, counts);
  return planDeploymentStatus({
    deployment: of,
    family: { current, old: [] },
    progress: undefined,
    rollout: true,
    nowMs,
  });
}

const reasons = (conditions: readonly DeploymentCondition[] | undefined) =>
  (conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`).toSorted();

test('planDeploymentStatus() counts replicas and says that they are available and the rollout done', () => {
  const { conditions, ...counts } = plan(deployment(), 3);
  assert.deepEqual(counts, {
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    unavailableReplicas: 0,
    terminatingReplicas: 0,
    collisionCount: undefined,
  });
  assert.deepEqual(reasons(conditions), [
    'Available=True MinimumReplicasAvailable',
    'Progressing=True NewReplicaSetAvailable',
  ]);
});

test('planDeploymentStatus() sees progress in each pod that becomes ready', () => {
  const of = deployment({}, { replicas: 3, updatedReplicas: 3, conditions: [moving('2025-12-31T23:59:00Z')] });
  const condition = plan(of, 1).conditions?.find(({ type }) => type === 'Progressing');
  assert.deepEqual(condition, {
    ...moving('2025-12-31T23:59:00Z'),
    lastUpdateTime: '2026-01-01T00:00:00Z',
  });
});

test('planDeploymentStatus() gives up a rollout that stands still beyond its deadline', () => {
  const standing = { replicas: 3, updatedReplicas: 3, readyReplicas: 0, conditions: [moving('2025-12-31T23:49:00Z')] };
  const status = plan(deployment({}, standing), 0);
  assert.deepEqual(reasons(status.conditions), [
    'Available=False MinimumReplicasUnavailable',
    'Progressing=False ProgressDeadlineExceeded',
  ]);
  assert.equal(
    status.conditions?.find(({ type }) => type === 'Progressing')?.message,
    'ReplicaSet "web-1" has timed out progressing.',
  );
  assert.equal(deadlineAtMs(deployment(), status), undefined);
  const patient = { ...standing, conditions: [moving('2025-12-31T23:55:00Z')] };
  assert.equal(deadlineAtMs(deployment(), plan(deployment({}, patient), 0)), nowMs + 300_000);
});

test('planDeploymentStatus() carries up why a ReplicaSet cannot make pods', () => {
  const failure = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: 'quota',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const current = replicaSet('web-1', { replicas: 3 }, { conditions: [failure] });
  const input = { deployment: deployment(), family: { current, old: [] }, progress: undefined, rollout: true, nowMs };
  const found = planDeploymentStatus(input).conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.equal(found?.message, 'quota');
});
