import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployments, HorizontalPodAutoscalers } from '../../api/resources.ts';
import { autoscaler, runReplicas, serveUsage } from '../testing/autoscaled.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { horizontalPodAutoscalerController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'web' };

const size = ({ api }: TestCluster) => api.all(Deployments)[0]?.spec.replicas;

async function conditions({ api }: TestCluster, name = 'web') {
  const { status } = await api.get(HorizontalPodAutoscalers, { ...ref, name });
  return (status.conditions ?? []).map((one) => `${one.type} ${one.status} ${one.reason}`);
}

test('horizontalPodAutoscalerController follows the use of the processor up at once and down when five minutes have passed', async () => {
  await runCluster([horizontalPodAutoscalerController], async (cluster) => {
    const { api, clock, quiet, events } = cluster;
    let usage = '100m';
    serveUsage(cluster, () => usage);
    await runReplicas(cluster, 2);
    await api.create(HorizontalPodAutoscalers, autoscaler());
    await quiet();
    assert.equal(size(cluster), 4);
    assert.deepEqual(events, [
      'SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target',
    ]);
    assert.deepEqual(await conditions(cluster), [
      'AbleToScale True SucceededRescale',
      'ScalingActive True ValidMetricFound',
      'ScalingLimited False DesiredWithinRange',
    ]);
    const { status } = await api.get(HorizontalPodAutoscalers, ref);
    assert.deepEqual([status.currentReplicas, status.desiredReplicas], [2, 4]);
    assert.deepEqual(status.currentMetrics, [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 100, averageValue: '100m' } } },
    ]);
    assert.ok(status.lastScaleTime);

    usage = '10m';
    clock.advance(15_000);
    await quiet();
    assert.equal(size(cluster), 4);
    assert.ok((await conditions(cluster)).includes('AbleToScale True ScaleDownStabilized'));
    for (let i = 0; i < 21; i++) {
      clock.advance(15_000);
      await quiet();
    }
    assert.equal(size(cluster), 1);
    assert.equal(events.at(-1), 'SuccessfulRescale New size: 1; reason: All metrics below target');
  });
});

test('horizontalPodAutoscalerController tells why it cannot scale', async () => {
  await runCluster([horizontalPodAutoscalerController], async (cluster) => {
    const { api, quiet, events } = cluster;
    serveUsage(cluster, () => undefined);
    await runReplicas(cluster, 1);
    await api.create(HorizontalPodAutoscalers, autoscaler());
    await quiet();
    const why =
      'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
    assert.deepEqual(events, [
      `FailedGetResourceMetric ${why}`,
      `FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
    ]);
    assert.deepEqual(await conditions(cluster), [
      'AbleToScale True SucceededGetScale',
      'ScalingActive False FailedGetResourceMetric',
    ]);
    const unknown = { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Gone', name: 'x' } };
    await api.create(HorizontalPodAutoscalers, autoscaler(unknown, 'lost'));
    await quiet();
    assert.deepEqual(await conditions(cluster, 'lost'), ['AbleToScale False FailedGetScale']);
    assert.equal(events.at(-1), 'FailedGetScale no matches for kind "Gone" in group "example.com"');
  });
});

test('horizontalPodAutoscalerController keeps to its limits without asking for metrics, and lets nothing run that was stopped', async () => {
  await runCluster([horizontalPodAutoscalerController], async (cluster) => {
    const { api, clock, quiet, events } = cluster;
    serveUsage(cluster, () => undefined);
    await runReplicas(cluster, 3);
    await api.create(HorizontalPodAutoscalers, autoscaler({ maxReplicas: 2 }));
    await quiet();
    assert.equal(size(cluster), 2);
    assert.equal(events[0], 'SuccessfulRescale New size: 2; reason: Current number of replicas above Spec.MaxReplicas');
    const current = await api.get(Deployments, ref);
    await api.update(Deployments, { ...current, spec: { ...current.spec, replicas: 0 } });
    clock.advance(15_000);
    await quiet();
    assert.equal(size(cluster), 0);
    assert.ok((await conditions(cluster)).includes('ScalingActive False ScalingDisabled'));
  });
});

test('horizontalPodAutoscalerController does nothing when two of them would scale the same pods', async () => {
  await runCluster([horizontalPodAutoscalerController], async (cluster) => {
    const { api, clock, quiet } = cluster;
    serveUsage(cluster, () => '50m');
    await runReplicas(cluster, 1);
    await api.create(HorizontalPodAutoscalers, autoscaler());
    await api.create(HorizontalPodAutoscalers, autoscaler({}, 'other'));
    await quiet();
    clock.advance(15_000);
    await quiet();
    for (const name of ['web', 'other']) {
      const { status } = await api.get(HorizontalPodAutoscalers, { ...ref, name });
      const active = status.conditions?.find(({ type }) => type === 'ScalingActive');
      assert.equal(active?.reason, 'AmbiguousSelector');
      assert.equal(
        active?.message,
        'pods by selector app=web are controlled by multiple HPAs: [default/other default/web]',
      );
    }
  });
});
