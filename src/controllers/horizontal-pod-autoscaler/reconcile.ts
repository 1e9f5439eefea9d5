/** Looks after one HorizontalPodAutoscaler, every 15 seconds. */
import { isApiError } from '../../api/api-error.ts';
import type { Scale } from '../../api/groups/autoscaling.v1.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus } from '../../api/groups/autoscaling.v2.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { matchesLabels, parseLabelSelector, SelectorError, type LabelRequirements } from '../../api/label-selector.ts';
import { HorizontalPodAutoscalers, Pods } from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { same } from '../same.ts';
import { afterScaling, noHistory, type History } from './behavior.ts';
import {
  afterRescale,
  defaultAutoscaling,
  needsMetrics,
  planScaling,
  unableToGetScale,
  withoutSelector,
  type Plan,
} from './plan.ts';
import type { Reading } from './proposal.ts';
import { readMetric } from './readings.ts';
import { MetricError } from './replicas.ts';
import { fetchScale, ResourcesByKind, writeScale, type ScaleRef } from './scale-target.ts';

const settings = defaultAutoscaling;

export const horizontalPodAutoscalerController: Controller = {
  name: 'horizontal-pod-autoscaler-controller',
  alias: 'horizontalpodautoscaling',
  eventSource: 'horizontal-pod-autoscaler',
  start({ informer, enqueue }) {
    const autoscalers = informer(HorizontalPodAutoscalers);
    const autoscaling = new Autoscaling(autoscalers, informer(Pods));
    autoscalers.onChange((change) => {
      const { object } = change;
      const changed = change.type !== 'updated' || !same(change.previous.spec, object.spec);
      if (changed) enqueue(objectKey(object));
    });
    return (key, run) => autoscaling.reconcile(key, run);
  },
};

/** When an autoscaler was looked at last, and what it asked for then. */
interface Look {
  readonly spec: HorizontalPodAutoscaler['spec'];
  readonly atMs: number;
}

/** Why there are no pods to measure: the event's reason and message, and the condition's. */
interface Unselected {
  readonly pods?: undefined;
  readonly event: string;
  readonly told: string;
  readonly reason: 'InvalidSelector' | 'AmbiguousSelector';
  readonly message: string;
}

class Autoscaling {
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly #pods: Informer<Pod>;
  /** All three only of autoscalers that exist. */
  readonly #looked = new Map<string, Look>();
  readonly #histories = new Map<string, History>();
  readonly #selectors = new Map<string, LabelRequirements>();
  readonly #resources = new ResourcesByKind();

  constructor(autoscalers: Informer<HorizontalPodAutoscaler>, pods: Informer<Pod>) {
    this.#autoscalers = autoscalers;
    this.#pods = pods;
  }

  async reconcile(key: string, run: Run): Promise<WorkResult> {
    const { namespace, name } = splitKey(key);
    const autoscaler = this.#autoscalers.get(namespace, name);
    if (autoscaler === undefined) {
      this.#looked.delete(key);
      this.#histories.delete(key);
      this.#selectors.delete(key);
      return;
    }
    const { spec } = autoscaler;
    const last = this.#looked.get(key);
    // Its own writes come by as well: they are no reason to measure again.
    const waitMs = last === undefined || !same(last.spec, spec) ? 0 : last.atMs + settings.syncMs - run.nowMs;
    if (waitMs > 0) return { afterMs: waitMs };
    this.#looked.set(key, { spec, atMs: run.nowMs });
    const status = await this.#statusOf(key, autoscaler, run);
    if (!same(status, autoscaler.status)) await this.#write(autoscaler, status, run);
    return { afterMs: settings.syncMs };
  }

  async #statusOf(key: string, autoscaler: HorizontalPodAutoscaler, run: Run): Promise<HorizontalPodAutoscalerStatus> {
    const { nowMs } = run;
    const found = await this.#scaleOf(autoscaler, run);
    if (typeof found === 'string') {
      run.note(autoscaler, { type: 'Warning', reason: 'FailedGetScale', message: found });
      return unableToGetScale(autoscaler.status, found, nowMs);
    }
    const { ref, scale } = found;
    const observed = { autoscaler, scale, settings, nowMs, history: this.#histories.get(key) ?? noHistory };
    let pods: readonly Pod[] = [];
    let readings: readonly Reading[] = [];
    if (needsMetrics(observed)) {
      const selected = this.#select(key, ref.namespace, scale.status.selector ?? '');
      if (selected.pods === undefined) {
        const { event, told, reason, message } = selected;
        run.note(autoscaler, { type: 'Warning', reason: event, message: told });
        run.note(autoscaler, { type: 'Warning', reason: 'FailedComputeMetricsReplicas', message: told });
        return withoutSelector(observed, reason, message);
      }
      ({ pods } = selected);
      readings = await this.#read(autoscaler, scale, run);
    }
    const plan = planScaling({ ...observed, pods, readings });
    this.#histories.set(key, plan.history);
    for (const event of plan.events) run.note(autoscaler, event);
    return plan.rescale === undefined ? plan.status : this.#rescale(key, { ...observed, ref }, plan, run);
  }

  /** The error's text when there is none. */
  async #scaleOf(autoscaler: HorizontalPodAutoscaler, { client }: Run) {
    const { apiVersion = '', kind, name } = autoscaler.spec.scaleTargetRef;
    try {
      const resource = await this.#resources.find(client, apiVersion, kind);
      const ref: ScaleRef = { resource, namespace: autoscaler.metadata.namespace, name };
      return { ref, scale: await fetchScale(client, ref) };
    } catch (error) {
      if (!isApiError(error)) throw error;
      this.#resources.forget();
      return error.message;
    }
  }

  /** The pods that the scale's selector selects, unless it is none or another autoscaler's pods are among them. */
  #select(key: string, namespace: string, text: string): Unselected | { readonly pods: readonly Pod[] } {
    const missing = "the HPA target's scale is missing a selector";
    if (text === '') {
      return {
        event: 'SelectorRequired',
        told: 'selector is required',
        reason: 'InvalidSelector',
        message: missing,
      };
    }
    let selector: LabelRequirements;
    try {
      selector = parseLabelSelector(text);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      const told = `couldn't convert selector into a corresponding internal selector object: ${error.message}`;
      return { event: 'InvalidSelector', told, reason: 'InvalidSelector', message: told };
    }
    this.#selectors.set(key, selector);
    const pods = this.#pods.list(namespace).filter(({ metadata }) => matchesLabels(selector, metadata.labels));
    const rivals = [...this.#selectors]
      .filter(([other]) => splitKey(other).namespace === namespace)
      .filter(([, one]) => pods.some(({ metadata }) => matchesLabels(one, metadata.labels)))
      .map(([other]) => other);
    if (rivals.length <= 1) return { pods };
    const told = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.sort().join(' ')}]`;
    return { event: 'AmbiguousSelector', told, reason: 'AmbiguousSelector', message: told };
  }

  async #read({ metadata, spec }: HorizontalPodAutoscaler, scale: Scale, { client }: Run): Promise<readonly Reading[]> {
    const pods = { namespace: metadata.namespace, selector: scale.status.selector ?? '' };
    const resourceOf = async (apiVersion: string, kind: string) => {
      try {
        return await this.#resources.find(client, apiVersion, kind);
      } catch (error) {
        throw isApiError(error)
          ? new MetricError(`unable to fetch metrics from custom metrics API: ${error.message}`)
          : error;
      }
    };
    return Promise.all((spec.metrics ?? []).map((metric) => readMetric(metric, { client, pods, resourceOf })));
  }

  async #rescale(
    key: string,
    observed: {
      readonly autoscaler: HorizontalPodAutoscaler;
      readonly scale: Scale;
      readonly ref: ScaleRef;
      readonly nowMs: number;
    },
    plan: Plan,
    run: Run,
  ): Promise<HorizontalPodAutoscalerStatus> {
    const { autoscaler, scale, ref, nowMs } = observed;
    const { replicas, reason } = plan.rescale ?? { replicas: 0, reason: '' };
    const told = `New size: ${replicas}; reason: ${reason}`;
    try {
      await writeScale(run.client, ref, { ...scale, spec: { ...scale.spec, replicas } });
    } catch (error) {
      if (!isApiError(error)) throw error;
      run.note(autoscaler, { type: 'Warning', reason: 'FailedRescale', message: `${told}; error: ${error.message}` });
      return afterRescale(observed, plan, error.message);
    }
    run.note(autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message: told });
    const step = { from: scale.spec.replicas ?? 0, to: replicas, nowMs };
    this.#histories.set(key, afterScaling(plan.history, autoscaler.spec.behavior, step));
    return afterRescale(observed, plan);
  }

  async #write(autoscaler: HorizontalPodAutoscaler, status: HorizontalPodAutoscalerStatus, run: Run): Promise<void> {
    try {
      await run.client.updateStatus(HorizontalPodAutoscalers, { ...autoscaler, status });
    } catch (error) {
      if (!isApiError(error)) throw error;
      run.note(autoscaler, { type: 'Warning', reason: 'FailedUpdateStatus', message: error.message });
      throw error;
    }
  }
}
