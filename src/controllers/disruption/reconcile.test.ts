import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget } from '../../api/groups/policy.v1.ts';
import { Deployments, PodDisruptionBudgets, Pods, ReplicaSets, ReplicationControllers } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { deployment, ownedBy, pod, podCondition, replicaSet, startTime, template } from '../testing/objects.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { disruptionController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'budget' };
const selector = { matchLabels: { app: 'web' } };

async function budget({ api }: TestCluster, spec: PodDisruptionBudget['spec']): Promise<void> {
  await api.create(PodDisruptionBudgets, { metadata: ref, spec: { selector, ...spec } });
}

async function counts({ api }: TestCluster): Promise<string> {
  const { status } = await api.get(PodDisruptionBudgets, ref);
  const { reason } = status.conditions?.[0] ?? {};
  return `${status.currentHealthy}/${status.desiredHealthy}/${status.expectedPods} → ${status.disruptionsAllowed} ${reason}`;
}

const owned = (kind: string, name: string, uid: string, apiVersion = 'apps/v1') => ({
  ownerReferences: ownedBy(kind, name, apiVersion).ownerReferences.map((one) => ({ ...one, uid })),
});

test('disruptionController takes percentages of what controllers want', async () => {
  await runCluster([disruptionController], async (cluster) => {
    const { api, quiet, events } = cluster;
    const above = await api.create(Deployments, deployment({ replicas: 8 }));
    const meta = owned('Deployment', 'web', above.metadata.uid);
    const set = await api.create(ReplicaSets, replicaSet('web-1', { replicas: 3 }, {}, meta));
    const old = await api.create(ReplicationControllers, {
      metadata: { namespace: 'default', name: 'old' },
      spec: { replicas: 2, selector: { app: 'web' }, template: template('v1') },
    });
    await api.create(Pods, pod('a', { readySince: startTime, meta: owned('ReplicaSet', 'web-1', set.metadata.uid) }));
    const byOld = owned('ReplicationController', 'old', old.metadata.uid, 'v1');
    await api.create(Pods, pod('b', { readySince: startTime, meta: byOld }));
    await budget(cluster, { maxUnavailable: '90%' });
    await quiet();
    assert.equal(await counts(cluster), '2/1/10 → 1 SufficientPods');
    assert.deepEqual(events, []);
  });
});

test('disruptionController tells of pods without a controller, and that it found no pods', async () => {
  await runCluster([disruptionController], async (cluster) => {
    const { api, quiet, events } = cluster;
    await budget(cluster, { maxUnavailable: 1 });
    await quiet();
    assert.equal(new Set(events).size, 1);
    assert.equal(events[0], 'NoPods No matching pods found');
    await api.create(Pods, pod('a', { readySince: startTime }));
    await quiet();
    assert.equal(await counts(cluster), '1/0/0 → 0 InsufficientPods');
    assert.equal(
      events.at(-1),
      'UnmanagedPods Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    );
  });
});

test('disruptionController allows nothing while a controller has no size', async () => {
  const cases = [
    { meta: owned('Job', 'task', 'u', 'batch/v1'), message: 'jobs.batch does not implement the scale subresource' },
    { meta: owned('Gone', 'x', 'u', 'e.com/v1'), message: 'no matches for kind "Gone" in version "e.com/v1"' },
  ];
  for (const { meta, message } of cases) {
    await runCluster([disruptionController], async (cluster) => {
      const { api, quiet, events } = cluster;
      await api.create(Pods, pod('a', { readySince: startTime, meta }));
      await budget(cluster, { minAvailable: '50%' });
      await quiet();
      const { status } = await api.get(PodDisruptionBudgets, ref);
      const { lastTransitionTime: _, ...condition } = status.conditions?.[0] ?? {};
      assert.deepEqual(condition, { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message });
      const told = `CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${message}`;
      assert.equal(events[0], told);
    });
  }
});

test('disruptionController asks other kinds for their scale', async () => {
  await runCluster([disruptionController], async (cluster) => {
    const { api, quiet } = cluster;
    const scale = { metadata: { name: 'ghost', uid: 'u' }, spec: { replicas: 4 }, status: { replicas: 4 } };
    api.serve = ({ path }) => (path.endsWith('/statefulsets/ghost/scale') ? scale : undefined);
    await api.create(Pods, pod('a', { readySince: startTime, meta: owned('StatefulSet', 'ghost', 'u') }));
    await budget(cluster, { minAvailable: '25%' });
    await quiet();
    assert.equal(await counts(cluster), '1/1/4 → 0 InsufficientPods');
  });
});

test('disruptionController takes back after two minutes that a pod was to go', async () => {
  await runCluster([disruptionController], async (cluster) => {
    const { api, clock, quiet, events } = cluster;
    const condition = {
      ...podCondition('DisruptionTarget', 'True', formatTime(clock.now())),
      reason: 'EvictionByEvictionAPI',
    };
    const byKubelet = { ...condition, reason: 'TerminationByKubelet' };
    await api.create(Pods, pod('a', { status: { conditions: [condition] } }));
    await api.create(Pods, pod('b', { status: { conditions: [byKubelet] } }));
    await budget(cluster, { minAvailable: 1 });
    const stored = await api.get(PodDisruptionBudgets, ref);
    const disruptedPods = { a: formatTime(clock.now()) };
    await api.updateStatus(PodDisruptionBudgets, { ...stored, status: { ...stored.status, disruptedPods } });
    await quiet();
    const states = () => api.all(Pods).map(({ status }) => status.conditions?.[0]?.status);
    assert.deepEqual(states(), ['True', 'True']);
    clock.advance(121_000);
    await quiet();
    assert.deepEqual(states(), ['False', 'True']);
    assert.ok(events.includes("NotDeleted Pod was expected by PDB default/default to be deleted but it wasn't"));
    assert.deepEqual((await api.get(PodDisruptionBudgets, ref)).status.disruptedPods, {});
  });
});

test('disruptionController warns of pods that several budgets select', async () => {
  await runCluster([disruptionController], async (cluster) => {
    const { api, events, quiet } = cluster;
    await budget(cluster, { minAvailable: 1 });
    const other = { namespace: 'default', name: 'other' };
    await api.create(PodDisruptionBudgets, { metadata: other, spec: { selector, minAvailable: 1 } });
    await quiet();
    await api.create(Pods, pod('a', { readySince: startTime }));
    await quiet();
    assert.deepEqual(
      events.filter((text) => text.startsWith('Multiple')),
      [
        'MultiplePodDisruptionBudgets Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "budget" arbitrarily.',
      ],
    );
  });
});
