/**
 * What single plugins do: how often each is asked at a point, and, in one attempt of ten as upstream has it, for how long.
 *
 * Here a plugin looks at all nodes in one go: an observation of Filter and Score is of such a pass, not of one node. Filters
 * that look at the node alone are asked once for all pods of a template (node-verdicts.ts) and do not appear.
 */
import type { HistogramFamily, Metric, MetricFamily, Registry } from '../base/metrics.ts';
import type { Probe } from './probe.ts';

const timedOneIn = 10;
const evaluations = ['PreFilter', 'Filter', 'PreScore', 'Score'];

export class PluginMetrics {
  readonly #seconds: HistogramFamily;
  readonly #evaluations: MetricFamily;

  constructor(registry: Registry) {
    this.#seconds = registry.histogram({
      name: 'scheduler_plugin_execution_duration_seconds',
      help: 'Time for a plugin at an extension point, in one attempt of ten',
      labels: ['plugin', 'extension_point', 'status'],
      buckets: Array.from({ length: 20 }, (_, at) => 0.00001 * 1.5 ** at),
    });
    this.#evaluations = registry.counter({
      name: 'scheduler_plugin_evaluation_total',
      help: 'Attempts in which a plugin was asked at an extension point',
      labels: ['plugin', 'extension_point', 'profile'],
    });
  }

  /** Each call: the probe of one more attempt. `passed`: see Probe. */
  probes(profile: string, passed: Probe['passed']): () => Probe {
    const counters = new Map<string, Map<string, Metric>>(evaluations.map((point) => [point, new Map()]));
    const count = (plugin: string, point: string): void => {
      const ofPoint = counters.get(point);
      if (ofPoint === undefined) return;
      let counter = ofPoint.get(plugin);
      if (counter === undefined) ofPoint.set(plugin, (counter = this.#evaluations.of(plugin, point, profile)));
      counter.add();
    };
    const counting: Probe = { passed, start: () => 0, asked: count };
    const timing: Probe = {
      passed,
      start: () => performance.now(),
      asked: (plugin, point, startedMs, status) => {
        count(plugin, point);
        this.#seconds.of(plugin, point, status).observe((performance.now() - startedMs) / 1000);
      },
    };
    let attempts = 0;
    return () => (attempts++ % timedOneIn === 0 ? timing : counting);
  }
}
