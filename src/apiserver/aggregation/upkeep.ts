/**
 * Keeps APIServices true: registers the groups of custom resources, checks whether extension servers answer, and asks them
 * what they have. One round for one name at a time; a change of the APIService, its Service or its endpoints brings
 * another, and so does time: every 30 seconds, sooner and with growing delay while a server does not answer.
 *
 *   obstacle in what is stored? ──▶ probe ──▶ status ──▶ discovery
 */
import { isApiError } from '../../api/api-error.ts';
import type { APIService, APIServiceSpec } from '../../api/groups/apiregistration.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { APIServices, CustomResourceDefinitions, EndpointSlices, Services } from '../../api/resources.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Json } from '../../api/schema.ts';
import { backoffDelay, type Backoff } from '../../base/backoff.ts';
import { errorText } from '../../base/log.ts';
import type { Api } from '../api.ts';
import { seedMissing } from '../bootstrap/seed.ts';
import { withConditions } from '../custom-resources/conditions.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey, type Served } from '../registry/served.ts';
import { deleteOne } from '../verbs/delete.ts';
import { update } from '../verbs/update.ts';
import { findObstacle, local, passed, type Availability } from './availability.ts';
import { probeExtension } from './ask.ts';
import { storedService } from './backends.ts';
import { availableCondition, type Extension } from './extension.ts';
import { fetchDiscovery } from './fetch-discovery.ts';
import {
  continuously,
  managedLabel,
  planRegistration,
  wantedRegistration,
  wantedRegistrations,
} from './registration.ts';

const recheckMs = 30_000;
const failureBackoff: Backoff = { baseMs: 250, maxMs: recheckMs, jitter: 0.2 };

export class AggregationUpkeep {
  readonly #api: Api;
  readonly #apiServices: Served;
  readonly #rounds = new Map<string, Promise<void>>();
  /** Changed while their round was under way. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  readonly #failures = new Map<string, number>();
  readonly #stops: (() => void)[] = [];
  #followingServices: Promise<void> | undefined;
  #closed = false;

  private constructor(api: Api) {
    this.#api = api;
    this.#apiServices = api.resources.of(APIServices);
  }

  /** The caches it needs are filled; custom resources are served already. */
  static async start(api: Api): Promise<AggregationUpkeep> {
    const upkeep = new AggregationUpkeep(api);
    await upkeep.#follow(APIServices, ({ metadata }) => [metadata.name]);
    await upkeep.#follow(CustomResourceDefinitions, () => upkeep.#misregistered());
    return upkeep;
  }

  /** Resolves when no round is under way. */
  async settled(): Promise<void> {
    while (this.#rounds.size > 0) await Promise.all(this.#rounds.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    for (const cancel of this.#timers.values()) cancel();
    await this.settled();
  }

  /** Once there is an extension: most clusters have none, and need no copy of their endpoints here. */
  #followServices(): Promise<void> {
    this.#followingServices ??= this.#followBoth().catch((error: unknown) => {
      this.#followingServices = undefined; // the next look tries again
      throw error;
    });
    return this.#followingServices;
  }

  async #followBoth(): Promise<void> {
    await Promise.all([Services, EndpointSlices].map((each) => this.#api.resources.of(each).cache.ready()));
    await this.#follow(Services, ({ metadata }) => this.#behind(metadata.namespace, metadata.name));
    await this.#follow(EndpointSlices, ({ metadata }) =>
      this.#behind(metadata.namespace, metadata.labels?.['kubernetes.io/service-name']),
    );
  }

  async #follow(resource: AnyResource, namesOf: (object: KubeObject) => readonly string[]): Promise<void> {
    const { cache } = this.#api.resources.of(resource);
    await cache.ready();
    const stop = cache.follow(cache.prefix, ({ entry }) => {
      for (const name of namesOf(entry.object)) this.#look(name);
    });
    this.#stops.push(stop);
  }

  /** The extensions whose service it is. */
  #behind(namespace: string | undefined, service: string | undefined): readonly string[] {
    return this.#api.aggregation
      .all()
      .filter((each) => each.service.namespace === namespace && each.service.name === service)
      .map(({ name }) => name);
  }

  /** Names that are registered and should not be, the other way round, or otherwise than they should. */
  #misregistered(): readonly string[] {
    const wanted = wantedRegistrations(this.#api.resources);
    const { cache } = this.#apiServices;
    const registered = cache
      .list(cache.prefix)
      .map(({ object }) => object as unknown as APIService)
      .filter(({ metadata }) => metadata.labels?.[managedLabel] === continuously)
      .map(({ metadata }) => metadata.name);
    return [...new Set([...wanted.keys(), ...registered])].filter(
      (name) => planRegistration(wanted.get(name), this.#get(name)) !== 'none',
    );
  }

  #look(name: string): void {
    if (this.#closed) return;
    if (this.#rounds.has(name)) this.#again.add(name);
    else this.#rounds.set(name, this.#run(name));
  }

  async #run(name: string): Promise<void> {
    await undefined; // what changes in one turn is looked at once
    try {
      do {
        this.#again.delete(name);
        await this.#round(name);
      } while (this.#again.has(name) && !this.#closed);
    } catch (error) {
      this.#api.log.error('Could not bring an API service up to date', { name, why: errorText(error) });
      this.#lookLater(name, true);
    } finally {
      this.#rounds.delete(name);
    }
  }

  async #round(name: string): Promise<void> {
    try {
      await this.#register(name);
      const object = this.#get(name);
      if (object === undefined) return this.#forget(name);
      const extension = this.#api.aggregation.get(name);
      const availability = extension === undefined ? local : await this.#check(extension);
      if (this.#closed) return;
      await this.#writeStatus(object, availability);
      if (extension === undefined) return this.#forget(name);
      const answered = await this.#discover(extension, availability);
      this.#lookLater(name, !answered);
    } catch (error) {
      // Somebody else wrote it, which brings another round, or it is gone.
      if (!isApiError(error, 'Conflict', 'NotFound')) throw error;
    }
  }

  async #check(extension: Extension): Promise<Availability> {
    await this.#followServices();
    const { service, slices } = await storedService(this.#api, extension.service);
    const obstacle = findObstacle(extension.service, service, slices);
    if (obstacle !== undefined) return obstacle;
    const failure = await probeExtension(this.#api, extension);
    return failure === undefined ? passed : { status: 'False', reason: 'FailedDiscoveryCheck', message: failure };
  }

  /** False when there is no answer. */
  async #discover(extension: Extension, { status }: Availability): Promise<boolean> {
    const { aggregation, log } = this.#api;
    const found =
      status !== 'True'
        ? undefined
        : await fetchDiscovery(this.#api, extension).catch((error: unknown) => {
            log.debug('Could not ask an API service what it has', { name: extension.name, why: errorText(error) });
            return undefined;
          });
    aggregation.discovered(extension, found);
    return found !== undefined;
  }

  async #register(name: string): Promise<void> {
    const wanted = wantedRegistration(this.#api.resources, name);
    const existing = this.#get(name);
    const plan = planRegistration(wanted, existing);
    if (plan === 'none') return;
    if (plan === 'delete') {
      await deleteOne(this.#api, this.#apiServices, ownRequest(this.#apiServices, { verb: 'delete', name }));
    } else if ('create' in plan) {
      const seed = { metadata: { name, labels: { [managedLabel]: continuously } }, spec: plan.create };
      await seedMissing(this.#api, APIServices, [seed]);
    } else await this.#write(existing as APIService, '', { spec: plan.update satisfies APIServiceSpec });
  }

  async #writeStatus(object: APIService, { status, reason, message }: Availability): Promise<void> {
    const known = availableCondition(object.status);
    if (known?.status === status && known.reason === reason && known.message === message) return;
    const condition = { type: 'Available', status, reason, message };
    const before = object.status?.conditions as Parameters<typeof withConditions>[0];
    const conditions = withConditions(before, [condition], this.#api.clock.now());
    await this.#write(object, 'status', { status: { ...object.status, conditions } });
  }

  async #write(object: APIService, subresource: string, change: object): Promise<void> {
    const { name } = object.metadata;
    const body = { ...object, ...change } as unknown as Json;
    const request = ownRequest(this.#apiServices, { verb: 'update', name, subresource, body });
    await update(this.#api, this.#apiServices, request);
  }

  #get(name: string): APIService | undefined {
    const { cache } = this.#apiServices;
    return cache.get(storageKey(this.#apiServices, undefined, name))?.object as unknown as APIService | undefined;
  }

  #lookLater(name: string, failed: boolean): void {
    if (this.#closed) return;
    const failures = failed ? (this.#failures.get(name) ?? 0) + 1 : 0;
    this.#failures.set(name, failures);
    const delayMs = failed ? backoffDelay(failureBackoff, failures, this.#api.random) : recheckMs;
    this.#timers.get(name)?.();
    this.#timers.set(
      name,
      this.#api.clock.after(delayMs, () => this.#look(name)),
    );
  }

  #forget(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    this.#failures.delete(name);
  }
}
