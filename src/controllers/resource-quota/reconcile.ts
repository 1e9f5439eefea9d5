/**
 * Recounts one ResourceQuota when its limits change, and when anything in its namespace changes that it counts. Only what some
 * quota counts is followed.
 *
 * New objects are counted a second later: the API server has charged for them by itself, before they were there, so that a
 * recount in between would find too little.
 */
import type { Pod, ResourceQuota } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { countsTowards } from '../../api/objects/quota-usage.ts';
import type { AnyResource } from '../../api/resource.ts';
import { builtinResources, CustomResourceDefinitions, Pods, ResourceQuotas } from '../../api/resources.ts';
import { objectKey, splitKey, type Change, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run, StartContext } from '../controller.ts';
import { discoverResources } from '../discovery.ts';
import { FollowedResources } from '../followed-resources.ts';
import { same } from '../same.ts';
import { changesUsage, nextReleaseMs, planQuotaStatus } from './plan.ts';

/** The key that means: see what must be followed. No quota is called so. */
const following = 'follow what is counted';
const definitionDelayMs = 200;
const rediscoveryMs = 30_000;
const releaseDelayMs = 50;
const chargeDelayMs = 1000;
const recountMs = 300_000;

export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  alias: 'resourcequota',
  start(context) {
    const counter = new Counter(context, context.informer(ResourceQuotas));
    context.informer(CustomResourceDefinitions).onChange(() => context.enqueue(following, definitionDelayMs));
    return (key, run) => (key === following ? counter.follow(run) : counter.recount(key, run));
  },
};

class Counter {
  readonly #context: StartContext;
  readonly #quotas: Informer<ResourceQuota>;
  readonly #followed: FollowedResources;

  constructor(context: StartContext, quotas: Informer<ResourceQuota>) {
    this.#context = context;
    this.#quotas = quotas;
    this.#followed = new FollowedResources({
      ...context,
      changed: (resource, change) => this.#noteCharge(resource, change),
    });
    quotas.onChange((change) => {
      if (change.type === 'updated' && same(change.previous.spec, change.object.spec)) return;
      context.enqueue(following);
      context.enqueue(objectKey(change.object));
    });
  }

  async follow(run: Run): Promise<WorkResult> {
    const builtin = builtinResources.filter((one) => this.#isCounted(one));
    const custom = this.#countsUnknown() ? await discoverResources(run.client) : { resources: [], unavailable: [] };
    const served = custom.resources.filter((one) => !builtinResources.includes(one) && this.#isCounted(one));
    await this.#followed.follow([...builtin, ...served], custom.unavailable.length === 0);
    for (const quota of this.#quotas.list()) this.#context.enqueue(objectKey(quota));
    return this.#countsUnknown() ? { afterMs: rediscoveryMs } : undefined;
  }

  async recount(key: string, run: Run): Promise<WorkResult> {
    const { namespace, name } = splitKey(key);
    const quota = this.#quotas.get(namespace, name);
    if (quota === undefined) return;
    const counted = this.#followed
      .all()
      .filter(({ resource, informer }) => informer.synced && counts(quota, resource))
      .map(({ resource, informer }) => ({ resource, objects: informer.list(namespace) }));
    const status = planQuotaStatus(quota, counted, run.nowMs);
    if (status !== undefined) await run.client.updateStatus(ResourceQuotas, { ...quota, status });
    const pods = counted.find(({ resource }) => resource === Pods)?.objects as readonly Pod[] | undefined;
    const releaseMs = nextReleaseMs(pods ?? [], run.nowMs);
    return { afterMs: Math.min(recountMs, releaseMs === undefined ? recountMs : releaseMs - run.nowMs + 1) };
  }

  #noteCharge(resource: AnyResource, change: Change<KubeObject>): void {
    const { type, object } = change;
    const nowMs = this.#context.clock.now();
    for (const quota of this.#quotas.list(object.metadata.namespace)) {
      if (!counts(quota, resource)) continue;
      if (type === 'updated' && !changesUsage(quota, resource, [change.previous, object], nowMs)) continue;
      this.#context.enqueue(objectKey(quota), type === 'added' ? chargeDelayMs : releaseDelayMs);
    }
  }

  #isCounted(resource: AnyResource): boolean {
    return resource.namespaced && this.#quotas.list().some((quota) => counts(quota, resource));
  }

  /** Some quota counts what is not built in. */
  #countsUnknown(): boolean {
    const names = new Set(this.#quotas.list().flatMap(({ spec }) => Object.keys(spec.hard ?? {})));
    return [...names].some(
      (name) => name.startsWith('count/') && !builtinResources.some((one) => countsTowards(one, name)),
    );
  }
}

const counts = ({ spec }: ResourceQuota, resource: AnyResource): boolean =>
  Object.keys(spec.hard ?? {}).some((name) => countsTowards(resource, name));
