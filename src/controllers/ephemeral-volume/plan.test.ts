import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownedBy, pod, startTime, volumeClaim } from '../testing/objects.ts';
import { planEphemeralClaims } from './plan.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const template = { metadata: { labels: { a: 'b' } } as never, spec };
const volumes = [
  { name: 'scratch', ephemeral: { volumeClaimTemplate: template } },
  { name: 'other', emptyDir: {} },
];

test('planEphemeralClaims() wants a claim of the pod for each ephemeral volume', () => {
  const [plan, ...rest] = planEphemeralClaims(pod('p', { spec: { volumes } }), () => undefined);
  assert.equal(rest.length, 0);
  assert.deepEqual(plan?.type === 'create' && plan.claim, {
    metadata: { labels: { a: 'b' }, name: 'p-scratch', namespace: 'default', ...ownedBy('Pod', 'p', 'v1') },
    spec,
  });
  const own = volumeClaim('p-scratch', ownedBy('Pod', 'p', 'v1'));
  assert.deepEqual(
    planEphemeralClaims(pod('p', { spec: { volumes } }), () => own),
    [],
  );
  const going = pod('p', { spec: { volumes }, meta: { deletionTimestamp: startTime } });
  assert.deepEqual(
    planEphemeralClaims(going, () => undefined),
    [],
  );
});

test('planEphemeralClaims() leaves alone a claim that is not the pod\u2019s own', () => {
  assert.deepEqual(planEphemeralClaims(pod('p', { spec: { volumes } }), volumeClaim), [
    {
      type: 'conflict',
      volume: 'scratch',
      message: 'PVC default/p-scratch was not created for pod default/p (pod is not owner)',
    },
  ]);
});
