import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicationController } from '../../api/groups/core.v1.ts';
import { metadata, template } from '../testing/objects.ts';
import { readAsReplicaSet, withReplicaStatus } from './plan.ts';

const controller: ReplicationController = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: metadata('old'),
  spec: { replicas: 2, selector: { app: 'web' }, template: template('v1') },
  status: { replicas: 1 },
};

test('readAsReplicaSet() takes the selector for equal labels', () => {
  assert.deepEqual(readAsReplicaSet(controller)?.spec, {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: template('v1'),
  });
});

test('readAsReplicaSet() leaves alone what has no selector or no template', () => {
  const { selector, template: pods, ...rest } = controller.spec;
  assert.ok(selector !== undefined && pods !== undefined);
  assert.equal(readAsReplicaSet({ ...controller, spec: { ...rest, template: pods } }), undefined);
  assert.equal(readAsReplicaSet({ ...controller, spec: { ...rest, selector: {}, template: pods } }), undefined);
  assert.equal(readAsReplicaSet({ ...controller, spec: { ...rest, selector } }), undefined);
});

test('withReplicaStatus() leaves out what this kind does not count', () => {
  const status = { replicas: 2, readyReplicas: 1, terminatingReplicas: 3 };
  assert.deepEqual(withReplicaStatus(controller, status).status, { replicas: 2, readyReplicas: 1 });
});
