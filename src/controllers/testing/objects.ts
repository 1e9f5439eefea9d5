/** Objects as the server would answer them, for tables of what was observed. */
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../api/groups/apps.v1.ts';
import type { Job } from '../../api/groups/batch.v1.ts';
import type { ClusterRole, PolicyRule } from '../../api/groups/rbac.v1.ts';
import type {
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodCondition,
  PodTemplateSpec,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from '../../api/groups/core.v1.ts';
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import { neverProbed } from '../condition.ts';

export const nowMs = Date.UTC(2026, 0, 1);
export const startTime = '2026-01-01T00:00:00Z';

export function metadata<M extends object>(name: string, more?: M) {
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: startTime,
    ...more,
  };
}

export function ownedBy(kind: string, name: string, apiVersion = 'apps/v1'): { ownerReferences: OwnerReference[] } {
  return {
    ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true, blockOwnerDeletion: true }],
  };
}

export interface PodFacts {
  readonly phase?: string;
  /** Since when it has been ready. */
  readonly readySince?: string;
  readonly node?: string;
  readonly meta?: object;
  readonly status?: Partial<Pod['status']>;
  readonly spec?: Partial<Pod['spec']>;
}

export function pod(name: string, { phase = 'Running', readySince, node, meta, status, spec }: PodFacts = {}): Pod {
  const ready = podCondition('Ready', 'True', readySince ?? startTime);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(name, { labels: { app: 'web' }, ...meta }),
    spec: { ...template('v1').spec, nodeName: node, ...spec },
    status: { phase, conditions: readySince === undefined ? [] : [ready], ...status },
  };
}

export function podCondition(type: string, status: string, since: string): PodCondition {
  return { type, status, lastTransitionTime: since, lastProbeTime: neverProbed };
}

export function template(image: string): PodTemplateSpec {
  return {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image, resources: {} }] },
  };
}

export function replicaSet(
  name: string,
  spec: Partial<ReplicaSet['spec']> = {},
  status: Partial<ReplicaSet['status']> = {},
  meta: object = {},
): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(name, { labels: { app: 'web' }, ...meta }),
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('v1'), ...spec },
    status: { replicas: 0, observedGeneration: 1, ...status },
  };
}

export function deployment(
  spec: Partial<Deployment['spec']> = {},
  status: Partial<Deployment['status']> = {},
  meta: object = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web', meta),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: template('v1'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
    status,
  };
}

export function namespace(
  name: string,
  status: Namespace['status'] = { phase: 'Active' },
  meta: object = {},
): Namespace {
  const { namespace: _, ...own } = metadata(name, meta);
  return { apiVersion: 'v1', kind: 'Namespace', metadata: own, spec: { finalizers: ['kubernetes'] }, status };
}

export function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  labels: Readonly<Record<string, string>> = {},
): ClusterRole {
  const { namespace: _, ...own } = metadata(name, { labels });
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: own, rules };
}

export function volumeClaim(name: string, meta: object = {}): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(name, meta),
    spec: { resources: {} },
    status: {},
  };
}

export function quota(spec: ResourceQuota['spec'], status: ResourceQuota['status'] = {}): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata('q'), spec, status };
}

export function serviceAccount(name: string, meta: object = {}): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(name, meta) };
}

export function service(name: string, spec: Partial<Service['spec']> = {}, meta: object = {}): Service {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name, meta),
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.9', ipFamilies: ['IPv4'], selector: { app: 'web' }, ports, ...spec },
    status: { loadBalancer: {} },
  };
}

export function node(
  name: string,
  spec: Node['spec'] = {},
  status: Partial<Node['status']> = {},
  meta: object = {},
): Node {
  const { namespace: _, ...own } = metadata(name, { labels: { 'kubernetes.io/hostname': name }, ...meta });
  return { apiVersion: 'v1', kind: 'Node', metadata: own, spec, status: { ...emptyNodeStatus, ...status } };
}

const emptyNodeStatus: Node['status'] = {
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
};

export function job(spec: Partial<Job['spec']> = {}, status: Job['status'] = {}, meta: object = {}): Job {
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-task' } };
  const { spec: pods } = template('v1');
  const labels = selector.matchLabels;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('task', meta),
    spec: { selector, template: { metadata: { labels }, spec: { ...pods, restartPolicy: 'Never' } }, ...spec },
    status: { startTime, ...status },
  };
}

export function daemonSet(spec: Partial<DaemonSet['spec']> = {}, meta: object = {}): DaemonSet {
  const selector = { matchLabels: { app: 'web' } };
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
  const status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata('agent', meta),
    spec: { selector, template: template('v1'), updateStrategy, ...spec },
    status,
  };
}

export function statefulSet(
  spec: Partial<StatefulSet['spec']> = {},
  status: Partial<StatefulSet['status']> = {},
  meta: object = {},
): StatefulSet {
  const selector = { matchLabels: { app: 'web' } };
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('db', meta),
    spec: { replicas: 3, selector, serviceName: 'db', template: template('v1'), updateStrategy, ...spec },
    status: { replicas: 0, availableReplicas: 0, ...status },
  };
}

/** `id` abcdef unless said otherwise; it may sign, and never expires. */
export function bootstrapToken(said: Readonly<Record<string, string>> = {}): Secret {
  const all = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-signing': 'true',
    ...said,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: metadata('bootstrap-token-abcdef', { namespace: 'kube-system' }),
    data: Object.fromEntries(Object.entries(all).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  };
}
