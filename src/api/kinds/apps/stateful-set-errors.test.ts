import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatefulSet } from '../../groups/apps.v1.ts';
import { createErrors, sent, updateErrors } from '../../testing/checked.ts';
import type { Draft } from '../../descriptor.ts';
import { statefulSetDescriptor } from './stateful-set.ts';

const pods = (spec: object): object => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
const set = (change: object): object => ({
  spec: { selector: { matchLabels: { app: 'x' } }, template: pods({}), ...change },
});
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } },
};
const mounting = (name: string): object =>
  pods({ containers: [{ name: 'c', image: 'i', volumeMounts: [{ name, mountPath: '/d' }] }] });

test('statefulSetErrors() checks the template with the volumes that the claims will give', () => {
  assert.deepEqual(
    createErrors(statefulSetDescriptor, set({ template: mounting('data'), volumeClaimTemplates: [claim] })),
    [],
  );
  assert.deepEqual(
    createErrors(statefulSetDescriptor, set({ template: mounting('other'), volumeClaimTemplates: [claim] })),
    ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "other"'],
  );
});

test('statefulSetErrors() wants names of claims, as they become names of volumes', () => {
  assert.deepEqual(createErrors(statefulSetDescriptor, set({ volumeClaimTemplates: [{ ...claim, metadata: {} }] })), [
    'spec.template.spec.volumes[0].persistentVolumeClaim.claimName: Required value',
    'spec.template.spec.volumes[0].name: Required value',
  ]);
});

test('statefulSetErrors() come in the order of the original', () => {
  const change = { replicas: -1, serviceName: 'A', ordinals: { start: -1 }, podManagementPolicy: 'X' };
  const fields = createErrors(
    statefulSetDescriptor,
    set({ ...change, selector: {}, volumeClaimTemplates: [{ ...claim, spec: {} }] }),
  );
  assert.deepEqual(
    fields.map((text) => text.split(':')[0]),
    [
      'spec.podManagementPolicy',
      'spec.volumeClaimTemplates[0].spec.accessModes',
      'spec.volumeClaimTemplates[0].spec.resources[storage]',
      'spec.replicas',
      'spec.ordinals.start',
      'spec.serviceName',
      'spec.selector',
    ],
  );
});

test('statefulSetUpdateErrors() does not hold an old template against a change', () => {
  const broken = set({ template: mounting('gone'), serviceName: 'A' });
  const more = { ...(broken as { spec: object }).spec, replicas: 3 };
  assert.deepEqual(updateErrors(statefulSetDescriptor, { spec: more }, broken), []);
  assert.deepEqual(updateErrors(statefulSetDescriptor, set({ template: pods({ containers: [] }) }), set({})), [
    'spec.template.spec.containers: Required value',
  ]);
});

test('statefulSetStatusErrors() keeps the count of collisions', () => {
  const status = (collisionCount?: number): object => ({ ...set({}), status: { collisionCount } });
  assert.deepEqual(updateErrors(statefulSetDescriptor, status(), status(0), 'status'), [
    'status.collisionCount: Invalid value: 0: cannot be decremented',
  ]);
  assert.deepEqual(updateErrors(statefulSetDescriptor, status(1), status(0), 'status'), []);
});

test('statefulSetDescriptor drops maxUnavailable unless the set had it', () => {
  const wanted = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1, maxUnavailable: 2 } } };
  const context = { nowMs: 0, user: 'u', groups: [], subresource: '' };
  const draft = sent(statefulSetDescriptor, set(wanted)) as Draft<StatefulSet>;
  statefulSetDescriptor.prepareForCreate?.(draft, context);
  assert.deepEqual(draft.spec.updateStrategy?.rollingUpdate, { partition: 1 });
  const kept = sent(statefulSetDescriptor, set(wanted)) as Draft<StatefulSet>;
  statefulSetDescriptor.prepareForUpdate?.(kept, sent(statefulSetDescriptor, set(wanted)), context);
  assert.equal(kept.spec.updateStrategy?.rollingUpdate?.maxUnavailable, 2);
});
