/**
 * What schedulers are measured with: clusters and pods of the shapes and sizes of upstream's scheduler_perf.
 *
 * A workload is nodes, pods that are there before, and pods whose placing is measured. Every pod is built anew from its
 * template, as it would come from the wire: no two share an object.
 * Source of the shapes: kubernetes/kubernetes, test/integration/scheduler_perf.
 */
import type { Affinity, PodAffinityTerm, PodSpec } from '../src/api/groups/core.v1.ts';

export interface PodTemplate {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
  /** The uid of a replica set that owns the pods. */
  readonly owner?: string;
}

export interface Batch {
  readonly count: number;
  readonly template: (index: number) => PodTemplate;
}

export interface Workload {
  readonly name: string;
  readonly nodeCount: number;
  readonly nodeLabels?: (index: number) => Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly before: readonly Batch[];
  readonly measured: Batch;
  /** Never to be placed, put among the measured pods: one after as many of them. */
  readonly hopeless?: { readonly every: number; readonly template: PodTemplate };
  /** Of the placed pods one is deleted after as many measured ones. */
  readonly deleteEvery?: number;
}

const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';
const small = { cpu: '100m', memory: '500Mi' };
const namespaces = ['sched-0', 'sched-1'];

const plain: PodTemplate = { namespace: 'sched-1', requests: small };
const lowPriority: PodTemplate = { namespace: 'sched-0', requests: { cpu: '900m', memory: '500Mi' } };
const highPriority: PodTemplate = {
  namespace: 'sched-1',
  requests: { cpu: '3000m', memory: '500Mi' },
  spec: { priority: 10 },
};
const tooLarge: PodTemplate = {
  namespace: 'sched-1',
  requests: { cpu: '9000m', memory: '500Mi' },
  spec: { priority: 10 },
};

const near = (color: string, topologyKey: string): PodAffinityTerm => ({
  labelSelector: { matchLabels: { color } },
  topologyKey,
  namespaces,
});

function coloured(color: string, affinity: Affinity): (namespace: string) => Batch['template'] {
  return (namespace) => () => ({ namespace, labels: { color }, requests: small, spec: { affinity } });
}

const together = coloured('blue', {
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('blue', zone)] },
});
const apart = coloured('green', {
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('green', hostname)] },
});
const ratherTogether = coloured('red', {
  podAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near('red', hostname) }],
  },
});
const ratherApart = coloured('yellow', {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near('yellow', hostname) }],
  },
});

const inZone: Affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['zone1', 'zone2'] }] }],
    },
  },
};
const onFirstNode: Affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-0'] }] }],
    },
  },
};

function spread(whenUnsatisfiable: string): Batch['template'] {
  const constraint = {
    maxSkew: 5,
    topologyKey: zone,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { color: 'blue' } },
  };
  return () => ({
    namespace: 'sched-1',
    labels: { color: 'blue' },
    requests: small,
    spec: { topologySpreadConstraints: [constraint] },
  });
}

const oneZone = (): Readonly<Record<string, string>> => ({ [zone]: 'zone1' });
const threeZones = (index: number): Readonly<Record<string, string>> => ({ [zone]: `moon-${(index % 3) + 1}` });
const batch = (count: number, template: Batch['template'] | PodTemplate): Batch => ({
  count,
  template: typeof template === 'function' ? template : () => template,
});
const light: PodTemplate = { namespace: 'sched-1', requests: { cpu: '1m', memory: '1Mi' } };
const large = { cpu: '1000', memory: '1000Gi', pods: '90000' };

export const workloads: readonly Workload[] = [
  { name: 'basic', nodeCount: 5000, before: [batch(1000, plain)], measured: batch(10_000, plain) },
  {
    name: 'node affinity',
    nodeCount: 5000,
    nodeLabels: oneZone,
    before: [batch(5000, { ...plain, spec: { affinity: inZone } })],
    measured: batch(10_000, { ...plain, spec: { affinity: inZone } }),
  },
  {
    name: 'required pod affinity',
    nodeCount: 5000,
    nodeLabels: oneZone,
    before: [batch(5000, together('sched-0'))],
    measured: batch(5000, together('sched-1')),
  },
  {
    name: 'required pod anti-affinity',
    nodeCount: 5000,
    before: [batch(1000, apart('sched-0'))],
    measured: batch(2000, apart('sched-1')),
  },
  {
    name: 'preferred pod affinity',
    nodeCount: 5000,
    before: [batch(5000, ratherTogether('sched-0'))],
    measured: batch(5000, ratherTogether('sched-1')),
  },
  {
    name: 'preferred pod anti-affinity',
    nodeCount: 5000,
    before: [batch(5000, ratherApart('sched-0'))],
    measured: batch(5000, ratherApart('sched-1')),
  },
  {
    name: 'spread required',
    nodeCount: 5000,
    nodeLabels: threeZones,
    before: [batch(5000, plain)],
    measured: batch(5000, spread('DoNotSchedule')),
  },
  {
    name: 'spread preferred',
    nodeCount: 5000,
    nodeLabels: threeZones,
    before: [batch(5000, plain)],
    measured: batch(5000, spread('ScheduleAnyway')),
  },
  {
    name: 'spread default',
    nodeCount: 5000,
    nodeLabels: threeZones,
    before: [batch(5000, plain)],
    measured: batch(10_000, { ...plain, labels: { app: 'web' }, owner: 'replica-set' }),
  },
  {
    name: 'mixed',
    nodeCount: 5000,
    nodeLabels: oneZone,
    before: [
      batch(2000, plain),
      batch(2000, together('sched-0')),
      batch(2000, apart('sched-0')),
      batch(2000, ratherTogether('sched-0')),
      batch(2000, ratherApart('sched-0')),
    ],
    measured: batch(5000, plain),
  },
  {
    name: 'five hundred applications',
    nodeCount: 5000,
    nodeLabels: threeZones,
    before: [batch(5000, (index) => application(index, 'sched-0'))],
    measured: batch(5000, (index) => application(index, 'sched-0')),
  },
  {
    name: 'preemption',
    nodeCount: 5000,
    before: [batch(20_000, lowPriority)],
    measured: batch(5000, highPriority),
  },
  {
    name: 'unschedulable among others',
    nodeCount: 5000,
    before: [batch(20_000, plain)],
    measured: batch(10_000, plain),
    hopeless: { every: 100, template: tooLarge },
  },
  {
    name: 'daemon set',
    nodeCount: 15_000,
    allocatable: large,
    before: [],
    measured: batch(30_000, { ...light, spec: { affinity: onFirstNode } }),
  },
  {
    name: 'gated',
    nodeCount: 1,
    allocatable: large,
    before: [
      batch(10_000, { ...light, spec: { schedulingGates: [{ name: 'example.com/wait' }] } }),
      batch(20_000, light),
    ],
    measured: batch(20_000, light),
    deleteEvery: 18,
  },
];

/** One of 500 that differ in labels; each keeps its pods on different nodes and spreads them over zones. */
function application(index: number, namespace: string): PodTemplate {
  const labels = { app: `app-${index % 500}` };
  const labelSelector = { matchLabels: labels };
  return {
    namespace,
    labels,
    requests: small,
    spec: {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: hostname }] },
      },
      topologySpreadConstraints: [{ maxSkew: 2, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector }],
    },
  };
}
