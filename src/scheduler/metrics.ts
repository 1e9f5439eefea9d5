/** What the scheduler counts of its work, under upstream's names. */
import type { HistogramFamily, Metric, MetricFamily, Registry } from '../base/metrics.ts';
import type { ClusterChange } from './framework.ts';
import { PluginMetrics } from './plugin-metrics.ts';
import type { PointStatus, Probe } from './probe.ts';
import type { History, MoveReason, Place, Waiting } from './queue.ts';

export type AttemptResult = 'scheduled' | 'unschedulable' | 'error';

/** Read off when metrics are read. */
export interface Observed {
  waiting(): Iterable<Waiting>;
  /** Pods being tried, and the changes that are remembered for them. */
  inFlight(): { readonly pods: number; readonly changes: readonly ClusterChange[] };
  /** Pods on their way to a node, and what is written beside the decisions. */
  running(): number;
  /** Of the cache. */
  sizes(): { readonly nodes: number; readonly pods: number; readonly assumed: number };
}

const places: readonly [Place, string][] = [
  ['active', 'active'],
  ['backoff', 'backoff'],
  ['unschedulable', 'unschedulable'],
  ['gated', 'gated'],
];

const eventNames: Readonly<Record<MoveReason, string>> = {
  added: 'UnschedulablePodAdd',
  updated: 'UnschedulablePodUpdate',
  'attempt failed': 'ScheduleAttemptFailure',
  'backoff over': 'BackoffComplete',
  'nobody else waits': 'PopFromBackoffQ',
  'waited long': 'UnschedulableTimeout',
  'node added': 'NodeAdd',
  'node deleted': 'NodeDelete',
  'node allocatable changed': 'NodeUpdateNodeAllocatable',
  'node labels changed': 'NodeUpdateNodeLabel',
  'node taints changed': 'NodeUpdateNodeTaint',
  'node features changed': 'NodeUpdateNodeDeclaredFeature',
  'pod assigned': 'AssignedPodAdd',
  'assigned pod changed': 'AssignedPodUpdate',
  'assigned pod deleted': 'AssignedPodDelete',
  'pod changed': 'UnschedulablePodUpdate',
  'volume changed': 'PersistentVolumeClaimUpdate',
  'device changed': 'ResourceClaimUpdate',
};

const growing = (first: number, factor: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first * factor ** at);

export class SchedulerMetrics {
  readonly #plugins: PluginMetrics;
  readonly #attempts: MetricFamily;
  readonly #attemptSeconds: HistogramFamily;
  readonly #algorithmSeconds: HistogramFamily;
  readonly #pointSeconds: HistogramFamily;
  readonly #eventSeconds: HistogramFamily;
  readonly #permitSeconds: HistogramFamily;
  readonly #sendingAway: MetricFamily;
  readonly #sendingAwaySeconds: HistogramFamily;
  readonly #sliSeconds: HistogramFamily;
  readonly #podAttempts: HistogramFamily;
  readonly #preemptions: Metric;
  readonly #victims: HistogramFamily;
  readonly #incoming: MetricFamily;
  readonly #afterLong: Metric;

  constructor(registry: Registry) {
    this.#plugins = new PluginMetrics(registry);
    this.#attempts = registry.counter({
      name: 'scheduler_schedule_attempts_total',
      help: 'Attempts to give a pod a node, by how they ended',
      labels: ['profile', 'result'],
    });
    this.#attemptSeconds = registry.histogram({
      name: 'scheduler_scheduling_attempt_duration_seconds',
      help: 'From taking a pod out of the queue until it is bound or refused',
      labels: ['profile', 'result'],
      buckets: growing(0.001, 2, 15),
    });
    this.#algorithmSeconds = registry.histogram({
      name: 'scheduler_scheduling_algorithm_duration_seconds',
      help: 'Time for the decision alone',
      buckets: growing(0.001, 2, 15),
    });
    this.#pointSeconds = registry.histogram({
      name: 'scheduler_framework_extension_point_duration_seconds',
      help: 'Time for all plugins of an extension point',
      labels: ['extension_point', 'profile', 'status'],
      buckets: growing(0.0001, 2, 12),
    });
    this.#sliSeconds = registry.histogram({
      name: 'scheduler_pod_scheduling_sli_duration_seconds',
      help: "From a pod's first attempt until it is bound",
      labels: ['attempts'],
      buckets: growing(0.01, 2, 20),
    });
    this.#podAttempts = registry.histogram({
      name: 'scheduler_pod_scheduling_attempts',
      help: 'Attempts that a pod took until it was bound',
      buckets: growing(1, 2, 5),
    });
    this.#preemptions = registry
      .counter({ name: 'scheduler_preemption_attempts_total', help: 'Attempts to send pods away' })
      .of();
    this.#victims = registry.histogram({
      name: 'scheduler_preemption_victims',
      help: 'Pods that were chosen to go',
      buckets: growing(1, 2, 7),
    });
    this.#eventSeconds = registry.histogram({
      name: 'scheduler_event_handling_duration_seconds',
      help: 'Time for what happened in the cluster: whom it helps',
      labels: ['event'],
      buckets: growing(0.0001, 2, 12),
    });
    this.#permitSeconds = registry.histogram({
      name: 'scheduler_permit_wait_duration_seconds',
      help: 'How long pods waited for permission to be bound',
      labels: ['result'],
      buckets: growing(0.001, 2, 15),
    });
    this.#sendingAway = registry.counter({
      name: 'scheduler_preemption_goroutines_execution_total',
      help: 'Victims that were sent away, beside the decisions about other pods',
      labels: ['result'],
    });
    this.#sendingAwaySeconds = registry.histogram({
      name: 'scheduler_preemption_goroutines_duration_seconds',
      help: 'Time for sending a victim away',
      labels: ['result'],
      buckets: growing(0.01, 2, 20),
    });
    this.#afterLong = registry
      .counter({
        name: 'scheduler_pod_scheduled_after_flush_total',
        help: 'Pods that found a node when they were tried only because they had waited for five minutes',
      })
      .of();
    this.#incoming = registry.counter({
      name: 'scheduler_queue_incoming_pods_total',
      help: 'Pods that came to a queue, by what brought them',
      labels: ['event', 'queue'],
    });
  }

  attempt(profile: string, result: AttemptResult, seconds: number): void {
    this.#attempts.of(profile, result).add();
    this.#attemptSeconds.of(profile, result).observe(seconds);
  }

  decided(seconds: number): void {
    this.#algorithmSeconds.of().observe(seconds);
  }

  /** Each call: the probe of one more attempt in the profile. */
  probes(profile: string): () => Probe {
    return this.#plugins.probes(profile, (point, seconds, status) => {
      this.#pointSeconds.of(point, profile, status).observe(seconds);
    });
  }

  permitted(seconds: number, status: PointStatus): void {
    this.#permitSeconds.of(status).observe(seconds);
  }

  event(change: ClusterChange, seconds: number): void {
    this.#eventSeconds.of(eventNames[change]).observe(seconds);
  }

  sentAway(seconds: number, ok: boolean): void {
    const result = ok ? 'success' : 'error';
    this.#sendingAway.of(result).add();
    this.#sendingAwaySeconds.of(result).observe(seconds);
  }

  bound({ attempts, triedAt, waitedLong }: History, now: number): void {
    this.#sliSeconds.of(attempts >= 15 ? '15+' : String(attempts)).observe((now - (triedAt ?? now)) / 1000);
    this.#podAttempts.of().observe(attempts);
    if (waitedLong) this.#afterLong.add();
  }

  preemption(victims: number): void {
    this.#preemptions.add();
    if (victims > 0) this.#victims.of().observe(victims);
  }

  moved(place: Place, why: MoveReason): void {
    this.#incoming.of(eventNames[why], place).add();
  }
}

export function registerObserved(registry: Registry, { waiting, inFlight, running, sizes }: Observed): void {
  const pending = registry.gauge({
    name: 'scheduler_pending_pods',
    help: 'Pods without a node, by where they wait',
    labels: ['queue'],
  });
  const refused = registry.gauge({
    name: 'scheduler_unschedulable_pods',
    help: 'Pods that fit nowhere, by the plugins that refused them',
    labels: ['plugin', 'profile'],
  });
  const cache = registry.gauge({
    name: 'scheduler_cache_size',
    help: 'Nodes and pods that the scheduler knows',
    labels: ['type'],
  });
  const beside = registry.gauge({
    name: 'scheduler_goroutines',
    help: 'What runs beside the decisions, by what it does',
    labels: ['operation'],
  });
  const tracked = registry.gauge({
    name: 'scheduler_inflight_events',
    help: 'Pods that are being tried (PodPopped), and the kinds of event since the first of them was taken out',
    labels: ['event'],
  });
  registry.collect(() => {
    const { pods: popped, changes } = inFlight();
    tracked.clear();
    tracked.of('PodPopped').set(popped);
    for (const change of changes) tracked.of(eventNames[change]).add();
    beside.of('binding').set(running());
    refused.clear();
    for (const [, name] of places) pending.of(name).set(0);
    for (const { pod, place, refusedBy } of waiting()) {
      // A pod that is being tried is still pending.
      pending.of(place === 'inFlight' ? 'active' : place).add();
      if (place !== 'unschedulable') continue;
      for (const plugin of refusedBy) refused.of(plugin, pod.spec.schedulerName ?? 'default-scheduler').add();
    }
    const { nodes, pods, assumed } = sizes();
    cache.of('nodes').set(nodes);
    cache.of('pods').set(pods);
    cache.of('assumed_pods').set(assumed);
  });
}
