import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Secret } from '../../api/groups/core.v1.ts';
import { ConfigMaps, Secrets, ServiceAccounts } from '../../api/resources.ts';
import { metadata, nowMs, pod, serviceAccount } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { invalidSinceLabel, planTokens, tracking } from './plan.ts';
import { legacyTokenCleaner } from './reconcile.ts';

const periodMs = 365 * 24 * 3_600_000;
const account = { ...serviceAccount('robot'), secrets: [{ name: 'robot-token-x' }] };
const annotations = {
  'kubernetes.io/service-account.name': 'robot',
  'kubernetes.io/service-account.uid': 'uid-robot',
};
const trackingSince = (since: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(tracking.name, { namespace: 'kube-system' }),
  data: { since },
});

function token(labels: Record<string, string> = {}, more: object = {}, name = 'robot-token-x'): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: metadata(name, { creationTimestamp: '2020-01-01T00:00:00Z', annotations, labels, ...more }),
  };
}

function plan(secret: Secret, more: { since?: string; pods?: readonly Pod[] } = {}) {
  const { invalidate, remove } = planTokens({
    tracking: trackingSince(more.since ?? '2022-01-01'),
    secrets: [secret],
    pods: more.pods ?? [],
    accountOf: (_, name) => (name === 'robot' ? account : undefined),
    periodMs,
    nowMs,
  });
  return invalidate.length > 0 ? 'invalidate' : remove.length > 0 ? 'remove' : 'keep';
}

test('planTokens() marks what nobody used for a year, and removes it a year later', () => {
  const mounting = pod('p', { spec: { volumes: [{ name: 't', secret: { secretName: 'robot-token-x' } }] } });
  assert.equal(plan(token()), 'invalidate');
  assert.equal(plan(token({ 'kubernetes.io/legacy-token-last-used': '2024-05-01' })), 'invalidate');
  assert.equal(plan(token({ 'kubernetes.io/legacy-token-last-used': '2025-12-01' })), 'keep');
  assert.equal(plan(token({ [invalidSinceLabel]: '2025-06-01' })), 'keep');
  assert.equal(plan(token({ [invalidSinceLabel]: '2024-06-01' })), 'remove');
  assert.equal(plan(token({ [invalidSinceLabel]: 'soon' })), 'invalidate');
  assert.equal(plan(token(), { since: '2025-12-01' }), 'keep');
  assert.equal(plan(token(), { since: '' }), 'keep');
  assert.equal(plan(token({}, { creationTimestamp: '2025-12-01T00:00:00Z' })), 'keep');
  assert.equal(plan(token({}, {}, 'made-by-hand')), 'keep');
  assert.equal(plan(token({}, { annotations: {} })), 'keep');
  assert.equal(plan(token(), { pods: [mounting] }), 'keep');
});

test('legacyTokenCleaner looks at tokens every day', async () => {
  await runCluster([legacyTokenCleaner], async ({ api, clock, quiet }) => {
    const { metadata: created } = await api.create(ServiceAccounts, account);
    const uid = { 'kubernetes.io/service-account.uid': created.uid };
    await api.create(ConfigMaps, trackingSince('2022-01-01'));
    await api.create(Secrets, token({}, { annotations: { ...annotations, ...uid } }));
    await quiet();
    // The map stamps objects with the time of its own clock.
    for (let year = 0; year < 2; year++) {
      clock.advance(periodMs + 1000);
      await quiet();
      clock.advance(25 * 3_600_000);
      await quiet();
      const marks = api.all(Secrets).map(({ metadata: { labels } }) => labels?.[invalidSinceLabel] !== undefined);
      assert.deepEqual(marks, year === 0 ? [true] : []);
    }
  });
});
