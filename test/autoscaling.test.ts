/** The horizontal pod autoscaler on a real API server: kinds of all sorts are scaled, and say what keeps it from scaling. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CustomResourceDefinitions, Deployments, HorizontalPodAutoscalers } from '../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './conformance/controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const conditionsOf = async (namespace: string): Promise<readonly string[]> => {
  const { status } = await cluster.client.get(HorizontalPodAutoscalers, { namespace, name: 'scaler' });
  return (status.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
};

const scaler = (namespace: string, scaleTargetRef: { apiVersion: string; kind: string; name: string }) => ({
  metadata: { name: 'scaler', namespace },
  spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 4 },
});

test('a Deployment below the least size is brought to it, and then waits for metrics', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const labels = { app: 'web' };
  await client.create(Deployments, {
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
    },
  });
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await client.create(HorizontalPodAutoscalers, scaler(namespace, target));
  await soon(async () => {
    assert.equal((await client.get(Deployments, { namespace, name: 'web' })).spec.replicas, 2);
    assert.deepEqual(await conditionsOf(namespace), [
      'AbleToScale=True SucceededGetScale',
      'ScalingActive=False FailedGetResourceMetric',
    ]);
  });
  const { status } = await client.get(HorizontalPodAutoscalers, { namespace, name: 'scaler' });
  assert.equal(
    status.conditions?.find(({ type }) => type === 'ScalingActive')?.message,
    'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
  );
});

test('a custom resource with a scale is scaled like any other', async () => {
  const { client, server } = cluster;
  const namespace = await cluster.namespace();
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { size: { type: 'integer' } } },
      status: { type: 'object', properties: { size: { type: 'integer' }, selector: { type: 'string' } } },
    },
  };
  const scale = {
    specReplicasPath: '.spec.size',
    statusReplicasPath: '.status.size',
    labelSelectorPath: '.status.selector',
  };
  await client.create(CustomResourceDefinitions, {
    metadata: { name: 'herds.farm.example.com' },
    spec: {
      group: 'farm.example.com',
      names: { plural: 'herds', singular: 'herd', kind: 'Herd', listKind: 'HerdList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema as never },
          subresources: { status: {}, scale },
        },
      ],
    },
  });
  const path = `/apis/farm.example.com/v1/namespaces/${namespace}/herds`;
  const herd = { apiVersion: 'farm.example.com/v1', kind: 'Herd', metadata: { name: 'sheep' }, spec: { size: 9 } };
  await soon(async () => void (await server.ok('POST', path, herd)));
  const target = { apiVersion: 'farm.example.com/v1', kind: 'Herd', name: 'sheep' };
  await client.create(HorizontalPodAutoscalers, scaler(namespace, target));
  await soon(async () => {
    const { spec } = await server.ok('GET', `${path}/sheep`);
    assert.deepEqual(spec, { size: 4 });
    assert.deepEqual(await conditionsOf(namespace), [
      'AbleToScale=True SucceededGetScale',
      'ScalingActive=False InvalidSelector',
    ]);
  });
});
