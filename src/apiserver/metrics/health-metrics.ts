/** /metrics/slis: whether each health check passed when it was last asked, and how often it did. */
import type { HealthCheck } from '../health.ts';
import type { Registry } from '../../base/metrics.ts';

/** The same checks, counted. `type`: the endpoint that they belong to. */
export function countedChecks(registry: Registry): (type: string, checks: readonly HealthCheck[]) => HealthCheck[] {
  const now = registry.gauge({
    name: 'kubernetes_healthcheck',
    help: 'Whether the check passed: 1 or 0',
    labels: ['name', 'type'],
  });
  const total = registry.counter({
    name: 'kubernetes_healthchecks_total',
    help: 'Results of the check',
    labels: ['name', 'status', 'type'],
  });
  return (type, checks) =>
    checks.map(({ name, check }) => ({
      name,
      check() {
        const failure = check();
        now.of(name, type).set(failure === undefined ? 1 : 0);
        total.of(name, failure === undefined ? 'success' : 'error', type).add();
        return failure;
      },
    }));
}
