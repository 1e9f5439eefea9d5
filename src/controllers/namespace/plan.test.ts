import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployments, Pods } from '../../api/resources.ts';
import { deployment, namespace, nowMs, pod } from '../testing/objects.ts';
import { nothingRemains, lookAgainAfterMs, planNamespaceConditions, type Observed } from './plan.ts';

const observe = (more: Partial<Observed>): Observed => ({
  namespace: namespace('a', { phase: 'Terminating' }),
  remaining: [],
  unavailable: [],
  failures: [],
  nowMs,
  ...more,
});

const told = (observed: Observed) =>
  planNamespaceConditions(observed)
    .filter(({ status }) => status === 'True')
    .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

test('planNamespaceConditions() says that all went well', () => {
  const observed = observe({ remaining: [{ resource: Pods, objects: [] }] });
  assert.ok(nothingRemains(observed));
  assert.deepEqual(
    planNamespaceConditions(observed).map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    [
      'NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered',
      'NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions',
      'NamespaceDeletionContentFailure=False ContentDeleted',
      'NamespaceContentRemaining=False ContentRemoved',
      'NamespaceFinalizersRemaining=False ContentHasNoFinalizers',
    ],
  );
});

test('planNamespaceConditions() counts what remains and whose finalizers hold it', () => {
  const held = deployment({}, {}, { finalizers: ['example.com/hold'] });
  const observed = observe({
    remaining: [
      { resource: Pods, objects: [pod('p', { meta: { deletionGracePeriodSeconds: 30 } })] },
      { resource: Deployments, objects: [held] },
    ],
  });
  assert.ok(!nothingRemains(observed));
  assert.deepEqual(told(observed), [
    'NamespaceContentRemaining SomeResourcesRemain: Some resources are remaining: deployments.apps has 1 resource instances, pods. has 1 resource instances',
    'NamespaceFinalizersRemaining SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ]);
  assert.equal(lookAgainAfterMs(observed), 16_000);
});

test('planNamespaceConditions() says what could not be discovered or deleted', () => {
  const observed = observe({ unavailable: ['metrics.k8s.io/v1beta1'], failures: ['no'] });
  assert.ok(!nothingRemains(observed));
  assert.equal(told(observed).length, 2);
});
