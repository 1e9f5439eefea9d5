/** A deployment that an autoscaler looks after, its scale, and a metrics server that tells what its pods use. */
import type { HorizontalPodAutoscaler } from '../../api/groups/autoscaling.v2.ts';
import { Deployments, Pods } from '../../api/resources.ts';
import { deployment, metadata, pod, startTime } from './objects.ts';
import type { TestCluster } from './run-cluster.ts';

/** Half of the processor that its pods ask for is what they should use. */
export function autoscaler(spec: Partial<HorizontalPodAutoscaler['spec']> = {}, name = 'web'): HorizontalPodAutoscaler {
  const target = { type: 'Utilization', averageUtilization: 50 };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      ...spec,
    },
    status: { desiredReplicas: 0, currentMetrics: [] },
  };
}

/** The scale of the deployment, and a metrics server whose pods use so much. */
export function serveUsage({ api }: TestCluster, usage: () => string | undefined): void {
  api.serve = ({ method, path, body }) => {
    if (path === '/apis/apps/v1/namespaces/default/deployments/web/scale') {
      const { metadata: meta, spec, status } = api.all(Deployments)[0] ?? deployment();
      const replicas = method === 'PUT' ? (body as { spec: { replicas: number } }).spec.replicas : spec.replicas;
      if (method === 'PUT')
        void api.update(Deployments, { ...deployment(), metadata: meta, spec: { ...spec, replicas } });
      const selector = 'app=web';
      return { metadata: meta, spec: { replicas }, status: { replicas: status.replicas ?? 0, selector } };
    }
    const cpu = usage();
    if (!path.startsWith('/apis/metrics.k8s.io/v1beta1/namespaces/default/pods') || cpu === undefined) return undefined;
    const items = api.all(Pods).map(({ metadata: { name, namespace } }) => ({
      metadata: { name, namespace },
      timestamp: startTime,
      window: '15s',
      containers: [{ name: 'main', usage: { cpu } }],
    }));
    return { items };
  };
}

/** Pods that ask for a tenth of a processor each. */
export async function runReplicas(cluster: TestCluster, count: number): Promise<void> {
  await cluster.api.create(Deployments, deployment({ replicas: count }, { replicas: count }));
  const containers = [{ name: 'main', image: 'v1', resources: { requests: { cpu: '100m' } } }];
  const status = { startTime: '2025-12-31T00:00:00Z' };
  for (let i = 0; i < count; i++) {
    await cluster.api.create(Pods, pod(`p${i}`, { readySince: startTime, spec: { containers }, status }));
  }
}
