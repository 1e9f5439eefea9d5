/** Who was let in and what they were allowed, under Kubernetes' names. */
import type { Histogram, Metric, Registry } from '../../base/metrics.ts';
import type { FilterMetrics } from './filter-metrics.ts';

/** 1 ms, doubled fourteen times. */
const buckets = Array.from({ length: 15 }, (_, index) => 0.001 * 2 ** index);

export type AuthenticationResult = 'success' | 'failure' | 'error';
export type AuthorizationResult = 'allowed' | 'denied' | 'no-opinion' | 'error';

export interface AccessMetrics {
  /** `user`: who it was, when it was somebody. */
  authenticated(result: AuthenticationResult, seconds: number, user?: string): void;
  authorized(result: AuthorizationResult, seconds: number): void;
}

export function createAccessMetrics(registry: Registry, filters: FilterMetrics): AccessMetrics {
  const users = registry.counter({
    name: 'authenticated_user_requests',
    help: 'Requests by who made them; only users that all clusters have are told apart',
    labels: ['username'],
  });
  const authentication = attempts(registry, 'authentication_attempts', 'authentication_duration_seconds');
  const authorization = attempts(registry, 'authorization_attempts_total', 'authorization_duration_seconds');
  const byName = new Map<string, Metric>();
  const userMetric = (user: string): Metric => {
    const shown = shownUser(user);
    let metric = byName.get(shown);
    if (metric === undefined) {
      metric = users.of(shown);
      byName.set(shown, metric);
    }
    return metric;
  };
  return {
    authenticated(result, seconds, user) {
      authentication(result, seconds);
      filters.authentication.observe(seconds);
      if (user !== undefined) userMetric(user).value++;
    },
    authorized(result, seconds) {
      authorization(result, seconds);
      filters.authorization.observe(seconds);
    },
  };
}

function attempts(registry: Registry, count: string, duration: string): (result: string, seconds: number) => void {
  const counters = registry.counter({ name: count, help: 'Attempts by result', labels: ['result'] });
  const durations = registry.histogram({
    name: duration,
    help: 'Time until the result',
    labels: ['result'],
    buckets,
  });
  const children = new Map<string, readonly [Metric, Histogram]>();
  return (result, seconds) => {
    let pair = children.get(result);
    if (pair === undefined) {
      pair = [counters.of(result), durations.of(result)];
      children.set(result, pair);
    }
    pair[0].value++;
    pair[1].observe(seconds);
  };
}

const known = new Set(['admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default']);

function shownUser(name: string): string {
  if (known.has(name)) return name;
  return name.includes('@') ? 'email_id' : 'other';
}
