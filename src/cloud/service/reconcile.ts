/**
 * The service controller: every Service of type LoadBalancer gets a load balancer of the cloud, and its status says where.
 *
 *   ensure:   finalizer ─▶ load balancer ─▶ status          remove:   load balancer ─▶ finalizer and status
 *
 * The finalizer comes before the load balancer and goes after it, so that none is forgotten, whatever ends in between.
 */
import { isApiError } from '../../api/api-error.ts';
import type { LoadBalancerStatus, Node, Service } from '../../api/groups/core.v1.ts';
import { Nodes, Services } from '../../api/resources.ts';
import { samePlain } from '../../api/equality.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Controller, Run } from '../../client/controller.ts';
import { objectKey, splitKey, type Change } from '../../client/informer.ts';
import { errorText } from '../../base/log.ts';
import type { LoadBalancers } from '../provider.ts';
import {
  balancedNodes,
  cleanupFinalizer,
  factsText,
  hasFinalizer,
  needsCleanup,
  nodesText,
  noteOfChange,
  planService,
  wantsLoadBalancer,
  type Ensured,
} from './plan.ts';

const conflictMs = 100;
/** Nodes that come and go together are told to a load balancer together. */
const gatherMs = 500;

export function serviceController(balancers: LoadBalancers): Controller {
  return {
    name: 'service-controller',
    alias: 'service',
    backoff: { baseMs: 5000, maxMs: 300_000, jitter: 0 },
    start({ informer, enqueue }) {
      const services = informer(Services);
      const nodes = informer(Nodes);
      const ensured = new Map<string, Ensured>();
      services.onChange((change) => {
        if (concerns(change)) enqueue(objectKey(change.object));
      });
      nodes.onChange((change) => {
        const before = change.type === 'updated' ? nodesText([change.previous]) : '';
        const now = change.type === 'deleted' ? '' : nodesText([change.object]);
        if (now !== before || change.type === 'deleted') for (const key of ensured.keys()) enqueue(key, gatherMs);
      });
      return async (key, run) => {
        const { namespace, name } = splitKey(key);
        const service = services.get(namespace, name);
        try {
          await new ServiceSync(balancers, ensured, run).sync(key, service, nodes.list());
        } catch (error) {
          // Somebody else wrote to the Service: that is no failure, and the newer copy is on its way.
          if (!isApiError(error, 'Conflict')) throw error;
          return { afterMs: conflictMs };
        }
      };
    },
  };
}

/** What this controller writes itself, and what others write of no interest to it, must not cut a backoff short. */
function concerns(change: Change<Service>): boolean {
  const { object } = change;
  if (change.type !== 'updated') return wantsLoadBalancer(object) || needsCleanup(object);
  const { previous } = change;
  if (needsCleanup(object)) return true;
  if (wantsLoadBalancer(previous) !== wantsLoadBalancer(object)) return true;
  return wantsLoadBalancer(object) && factsText(previous) !== factsText(object);
}

/** One look at one Service. */
class ServiceSync {
  readonly #balancers: LoadBalancers;
  readonly #ensured: Map<string, Ensured>;
  readonly #run: Run;

  constructor(balancers: LoadBalancers, ensured: Map<string, Ensured>, run: Run) {
    this.#balancers = balancers;
    this.#ensured = ensured;
    this.#run = run;
  }

  async sync(key: string, service: Service | undefined, nodes: readonly Node[]): Promise<void> {
    const before = this.#ensured.get(key);
    const plan = planService(service, nodesText(nodes), before);
    if (plan === 'nothing') return;
    const subject = service ?? before?.service;
    if (subject === undefined) return;
    if (service !== undefined && before !== undefined && plan !== 'update nodes') this.#noteChange(before, service);
    try {
      if (plan === 'update nodes') await this.#updateNodes(subject, nodes);
      else if (plan === 'remove') await this.#remove(subject, service !== undefined);
      else await this.#ensure(subject, nodes, before);
    } catch (error) {
      if (this.#run.signal.aborted) return;
      if (isApiError(error, 'Conflict')) throw error;
      if (plan !== 'update nodes' && service !== undefined) {
        this.#warn(subject, 'SyncLoadBalancerFailed', `Error syncing load balancer: ${errorText(error)}`);
      }
      throw error;
    }
    if (plan === 'remove') this.#ensured.delete(key);
    else this.#ensured.set(key, { service: subject, nodes: nodesText(nodes) });
  }

  async #ensure(service: Service, nodes: readonly Node[], before: Ensured | undefined): Promise<void> {
    if (before !== undefined && before.service.metadata.uid !== service.metadata.uid) {
      // Deleted and made again between two looks: the load balancer of the old one is not that of the new one.
      await this.#balancers.remove(before.service, this.#run.signal);
    }
    this.#tell(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    let current = service;
    if (!hasFinalizer(service)) {
      const finalizers = [...(service.metadata.finalizers ?? []), cleanupFinalizer];
      current = await this.#step('failed to add load balancer cleanup finalizer', this.#patch(service, { finalizers }));
    }
    const targets = balancedNodes(nodes);
    if (targets.length === 0) this.#warnOfNoNodes(service);
    const status = await this.#step(
      'failed to ensure load balancer',
      this.#balancers.ensure(current, targets, this.#run.signal),
    );
    this.#tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
    await this.#writeStatus(current, status);
  }

  async #updateNodes(service: Service, nodes: readonly Node[]): Promise<void> {
    const targets = balancedNodes(nodes);
    const { signal } = this.#run;
    try {
      await this.#balancers.updateNodes(service, targets, signal);
    } catch (error) {
      // Without a load balancer there is nothing to update; the next change of the Service makes one.
      if ((await this.#balancers.find(service, signal)) === undefined) return;
      const names = targets.map(({ metadata }) => metadata.name).join(' ');
      const message = `Error updating load balancer with new hosts [${names}]: ${errorText(error)}`;
      if (!signal.aborted) this.#warn(service, 'UpdateLoadBalancerFailed', message);
      throw error;
    }
    if (targets.length === 0) this.#warnOfNoNodes(service);
    else this.#tell(service, 'UpdatedLoadBalancer', 'Updated load balancer with new hosts');
  }

  /** `exists`: the Service itself is still there. */
  async #remove(service: Service, exists: boolean): Promise<void> {
    const { signal } = this.#run;
    const found = await this.#step(
      'failed to check if load balancer exists before cleanup',
      this.#balancers.find(service, signal),
    );
    if (found !== undefined) {
      this.#tell(service, 'DeletingLoadBalancer', 'Deleting load balancer');
      try {
        await this.#step('failed to delete load balancer', this.#balancers.remove(service, signal));
      } catch (error) {
        const message = `Error deleting load balancer: ${errorText(error)}`;
        if (!exists && !signal.aborted) this.#warn(service, 'DeleteLoadBalancerFailed', message);
        throw error;
      }
    }
    if (exists) await this.#forget(service);
    this.#tell(service, 'DeletedLoadBalancer', 'Deleted load balancer');
  }

  async #forget(service: Service): Promise<void> {
    try {
      let current = service;
      if (hasFinalizer(service)) {
        const finalizers = (service.metadata.finalizers ?? []).filter((name) => name !== cleanupFinalizer);
        const patched = this.#patch(service, { finalizers });
        current = await this.#step('failed to remove load balancer cleanup finalizer', patched);
      }
      if (current.metadata.deletionTimestamp === undefined) await this.#writeStatus(current, {});
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }

  async #writeStatus(service: Service, status: LoadBalancerStatus): Promise<void> {
    if (samePlain(comparable(service.status.loadBalancer), comparable(status))) return;
    // A merge patch replaces the whole list; null takes it out.
    const loadBalancer = {
      ingress: status.ingress === undefined || status.ingress.length === 0 ? null : status.ingress,
    };
    const value = { status: { loadBalancer } } as unknown as JsonObject;
    const { namespace, name } = service.metadata;
    const patch = { type: 'merge', value } as const;
    const written = this.#run.client.patch(Services, { namespace, name }, patch, { subresource: 'status' });
    await this.#step('failed to update load balancer status', written);
  }

  /** By way of the status, which is all that the role of the controller may write. Holds for the version that was read. */
  #patch({ metadata }: Service, change: { readonly finalizers: readonly string[] }): Promise<Service> {
    const { namespace, name, resourceVersion, uid } = metadata;
    const value = { metadata: { uid, resourceVersion, ...change } } as unknown as JsonObject;
    return this.#run.client.patch(Services, { namespace, name }, { type: 'merge', value }, { subresource: 'status' });
  }

  /** An ApiError stays one: the caller and the queue tell conflicts from failures. */
  async #step<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isApiError(error, 'NotFound', 'Conflict')) throw error;
      throw new Error(what, { cause: error }); // errorText tells both
    }
  }

  #noteChange(before: Ensured, service: Service): void {
    const note = noteOfChange(before.service, service);
    if (note !== undefined) this.#run.note(service, note);
  }

  #warnOfNoNodes(service: Service): void {
    this.#warn(service, 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer');
  }

  #tell(service: Service, reason: string, message: string): void {
    this.#run.note(service, { type: 'Normal', reason, message });
  }

  #warn(service: Service, reason: string, message: string): void {
    this.#run.note(service, { type: 'Warning', reason, message });
  }
}

/** The server writes VIP where no mode was given. */
function comparable({ ingress }: LoadBalancerStatus): readonly unknown[] {
  return (ingress ?? []).map((one) => ({ ...one, ipMode: one.ip === undefined ? undefined : (one.ipMode ?? 'VIP') }));
}
