/**
 * What admission plugins take. Most answer without waiting, in microseconds: those are counted as having taken no time,
 * because reading the clock twice for each step would cost more than the steps.
 */
import { performance } from 'node:perf_hooks';
import type { AdmissionPlugin, Admitted, MutationRound, ObserveStep } from '../admission/admission.ts';
import type { Histogram, HistogramFamily, Registry } from '../../base/metrics.ts';
import type { Summary } from '../../base/summary.ts';

const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5];

/** The same plugins, measured. */
export function measuredPlugins(registry: Registry, plugins: readonly AdmissionPlugin[]): readonly AdmissionPlugin[] {
  const durations = registry.histogram({
    name: 'apiserver_admission_controller_admission_duration_seconds',
    help: 'Time that admission plugins take',
    labels: ['name', 'operation', 'rejected', 'type'],
    buckets,
  });
  return plugins.map((plugin) => measured(durations, plugin));
}

/** What all plugins together take with a request. */
export function measuredSteps(registry: Registry): ObserveStep {
  const durations = registry.histogram({
    name: 'apiserver_admission_step_admission_duration_seconds',
    help: 'Time that all admission plugins take together',
    labels: ['operation', 'rejected', 'type'],
    buckets,
  });
  const summaries = registry.summary({
    name: 'apiserver_admission_step_admission_duration_seconds_summary',
    help: 'Time that all admission plugins take together, by quantiles',
    labels: ['operation', 'rejected', 'type'],
  });
  const known = new Map<string, readonly [Histogram, Summary]>();
  const children = (operation: string, rejected: boolean, phase: string): readonly [Histogram, Summary] => {
    const key = `${phase}${rejected ? '!' : ''}${operation}`;
    let found = known.get(key);
    if (found === undefined) {
      const values = [operation, String(rejected), phase];
      known.set(key, (found = [durations.of(...values), summaries.of(...values)]));
    }
    return found;
  };
  return async (phase, { operation }, done) => {
    const begunMs = performance.now();
    let rejected = true;
    try {
      await done;
      rejected = false;
    } finally {
      const nowMs = performance.now();
      const seconds = (nowMs - begunMs) / 1000;
      const [histogram, summary] = children(operation, rejected, phase);
      histogram.observe(seconds);
      summary.observe(seconds, nowMs);
    }
  };
}

type Step = (request: Admitted, round?: MutationRound) => Promise<void> | void;

function measured(durations: HistogramFamily, plugin: AdmissionPlugin): AdmissionPlugin {
  const { name, about } = plugin;
  const mutate = plugin.mutate?.bind(plugin) as Step | undefined;
  const validate = plugin.validate?.bind(plugin) as Step | undefined;
  return {
    name,
    ...(about === undefined ? {} : { about }),
    ...(mutate === undefined ? {} : { mutate: timed(durations, name, 'admit', mutate) }),
    ...(validate === undefined ? {} : { validate: timed(durations, name, 'validate', validate) }),
  };
}

function timed(durations: HistogramFamily, name: string, type: 'admit' | 'validate', step: Step): Step {
  const children = new Map<string, Histogram>();
  const refused = new Map<string, Histogram>();
  const child = (operation: string, rejected: boolean): Histogram => {
    const known = rejected ? refused : children;
    let found = known.get(operation);
    if (found === undefined) {
      found = durations.of(name, operation, String(rejected), type);
      known.set(operation, found);
    }
    return found;
  };
  const waited = async (operation: string, pending: Promise<void>): Promise<void> => {
    const begunMs = performance.now();
    let rejected = true;
    try {
      await pending;
      rejected = false;
    } finally {
      child(operation, rejected).observe((performance.now() - begunMs) / 1000);
    }
  };
  return (request, round) => {
    let pending: Promise<void> | void;
    try {
      pending = step(request, round);
    } catch (error) {
      child(request.operation, true).observe(0);
      throw error;
    }
    if (pending !== undefined) return waited(request.operation, pending);
    child(request.operation, false).observe(0);
  };
}
