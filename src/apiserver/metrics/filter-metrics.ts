/**
 * How long the stations take that requests pass before they are carried out, under Kubernetes' name. A station at which
 * nothing is to be done is counted as having taken no time: reading the clock would cost more than passing it.
 */
import type { Histogram, Registry } from '../../base/metrics.ts';

const buckets = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 5, 10, 15, 30];

/** In seconds. */
export interface FilterMetrics {
  readonly authentication: Histogram;
  readonly audit: Histogram;
  readonly impersonation: Histogram;
  readonly fairness: Histogram;
  readonly authorization: Histogram;
}

export function createFilterMetrics(registry: Registry): FilterMetrics {
  const durations = registry.histogram({
    name: 'apiserver_request_filter_duration_seconds',
    help: 'Time of requests at the stations before they are carried out',
    labels: ['filter'],
    buckets,
  });
  return {
    authentication: durations.of('authentication'),
    audit: durations.of('audit'),
    impersonation: durations.of('impersonation'),
    fairness: durations.of('priorityandfairness'),
    authorization: durations.of('authorization'),
  };
}
