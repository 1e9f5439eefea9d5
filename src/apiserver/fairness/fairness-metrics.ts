/** What priority and fairness tells of itself, under Kubernetes' names. */
import type { Histogram, HistogramFamily, Metric, MetricFamily, Registry } from '../../base/metrics.ts';

const durations = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const requestRatios = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1, 10, 100];
const seatRatios = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
const demandRatios = [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6];
const readWriteRatios = [0, 0.001, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

const prefix = 'apiserver_flowcontrol';
const flow = ['priority_level', 'flow_schema'];

/** Gauges of a priority level that are set when metrics are read, with what they say. */
const levelGauges = {
  nominal_limit_seats: "Seats of the level by its shares of the server's",
  lower_limit_seats: 'Seats that are never lent to other levels',
  upper_limit_seats: 'Seats of the level with all that it may borrow',
  current_limit_seats: 'Seats that the level has now',
  target_seats: 'Seats that the level should have got in the last division',
  current_executing_seats: 'Seats taken by requests that are executed, or by what follows them',
  current_r: 'Virtual time of the level, in seconds',
  demand_seats_high_watermark: 'Most seats wanted at once in the last period',
  demand_seats_average: 'Average of the seats wanted in the last period',
  demand_seats_stdev: 'Standard deviation of the seats wanted in the last period',
  demand_seats_smoothed: 'Seats wanted, smoothed over periods',
} as const;

export type LevelGauge = keyof typeof levelGauges;

export interface FairnessMetrics {
  readonly dispatched: MetricFamily;
  readonly rejected: MetricFamily;
  readonly waitSeconds: HistogramFamily;
  readonly executionSeconds: HistogramFamily;
  readonly estimatedSeats: HistogramFamily;
  readonly executing: MetricFamily;
  readonly inQueue: MetricFamily;
  readonly level: Readonly<Record<LevelGauge, MetricFamily>>;
  readonly requestUtilization: HistogramFamily;
  readonly seatUtilization: HistogramFamily;
  readonly demandSeats: HistogramFamily;
  readonly readVersusWrite: HistogramFamily;
  readonly watchCount: HistogramFamily;
  readonly fairFraction: Metric;
}

export function createFairnessMetrics(registry: Registry): FairnessMetrics {
  const counter = (name: string, help: string, labels: readonly string[]): MetricFamily =>
    registry.counter({ name: `${prefix}_${name}`, help, labels });
  const gauge = (name: string, help: string, labels: readonly string[]): MetricFamily =>
    registry.gauge({ name: `${prefix}_${name}`, help, labels });
  const histogram = (name: string, help: string, labels: readonly string[], buckets: readonly number[]) =>
    registry.histogram({ name: `${prefix}_${name}`, help, labels, buckets });
  const level = Object.entries(levelGauges).map(([name, help]) => [name, gauge(name, help, ['priority_level'])]);
  return {
    dispatched: counter('dispatched_requests_total', 'Requests that were executed', flow),
    rejected: counter('rejected_requests_total', 'Requests that were refused', [...flow, 'reason']),
    waitSeconds: histogram(
      'request_wait_duration_seconds',
      'Time in queues',
      ['priority_level', 'flow_schema', 'execute'],
      durations,
    ),
    executionSeconds: histogram('request_execution_seconds', 'Time of execution', [...flow, 'type'], durations),
    estimatedSeats: histogram('work_estimated_seats', 'Seats that requests take', flow, [1, 2, 4, 10]),
    executing: gauge('current_executing_requests', 'Requests that are executed now', flow),
    inQueue: gauge('current_inqueue_requests', 'Requests that wait now', flow),
    level: Object.fromEntries(level) as Readonly<Record<LevelGauge, MetricFamily>>,
    requestUtilization: histogram(
      'priority_level_request_utilization',
      'How full the places to wait or to be executed are, by nanoseconds',
      ['phase', 'priority_level'],
      requestRatios,
    ),
    seatUtilization: histogram(
      'priority_level_seat_utilization',
      'How many of its seats a level uses, by nanoseconds',
      ['priority_level', 'phase'],
      seatRatios,
    ),
    demandSeats: histogram(
      'demand_seats',
      'Seats wanted as a part of the nominal ones, by nanoseconds',
      ['priority_level'],
      demandRatios,
    ),
    readVersusWrite: histogram(
      'read_vs_write_current_requests',
      'Requests that wait or are executed, as a part of the limit of their kind, by nanoseconds',
      ['phase', 'request_kind'],
      readWriteRatios,
    ),
    watchCount: histogram('watch_count_samples', 'Watchers that a write concerns', flow, [0, 1, 10, 100, 1000, 10_000]),
    fairFraction: gauge('seat_fair_frac', 'What a level gets of each seat it wants', []).of(),
  };
}

/** The figures of one flow schema at its priority level: looked up when it is configured, not with each request. */
export interface FlowMetrics {
  readonly dispatched: Metric;
  readonly executing: Metric;
  readonly inQueue: Metric;
  readonly waited: Histogram;
  readonly gaveUp: Histogram;
  readonly regularSeconds: Histogram;
  readonly watchSeconds: Histogram;
  readonly estimatedSeats: Histogram;
  readonly watchCount: Histogram;
  rejected(reason: string): Metric;
}

export function flowMetrics(metrics: FairnessMetrics, level: string, schema: string): FlowMetrics {
  return {
    dispatched: metrics.dispatched.of(level, schema),
    executing: metrics.executing.of(level, schema),
    inQueue: metrics.inQueue.of(level, schema),
    waited: metrics.waitSeconds.of(level, schema, 'true'),
    gaveUp: metrics.waitSeconds.of(level, schema, 'false'),
    regularSeconds: metrics.executionSeconds.of(level, schema, 'regular'),
    watchSeconds: metrics.executionSeconds.of(level, schema, 'watch'),
    estimatedSeats: metrics.estimatedSeats.of(level, schema),
    watchCount: metrics.watchCount.of(level, schema),
    rejected: (reason) => metrics.rejected.of(level, schema, reason),
  };
}
