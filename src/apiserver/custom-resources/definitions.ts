/**
 * Keeps what is served in step with the CustomResourceDefinitions of the cluster, as kube-apiserver's extensions part
 * does. Each change of a definition leads to the same round, which looks at the whole of it:
 *
 *   names ──▶ status (accepted names, conditions) ──▶ established: its versions are served, at once
 *   deleted ──▶ Terminating ──▶ its objects are deleted ──▶ none left: the finalizer goes, and with it the definition
 *
 * One definition is worked on at a time; a definition that changes meanwhile gets another round.
 */
import { isApiError } from '../../api/api-error.ts';
import type { CustomResourceDefinition } from '../../api/groups/apiextensions.v1.ts';
import { samePlain } from '../../api/equality.ts';
import type { KubeObject } from '../../api/kind.ts';
import { cleanupFinalizer } from '../../api/kinds/extensions/custom-resource-definition.ts';
import { CustomResourceDefinitions, Services } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { Served } from '../registry/served.ts';
import { acceptNames } from './accept-names.ts';
import { approvalCondition, conditionOf, isConditionTrue, withConditions, type Condition } from './conditions.ts';
import { deleteInstances } from './delete-instances.ts';
import { HeldNames } from './held-names.ts';
import { ownRequest } from './own-request.ts';
import { customPrefix, servedVersions } from './served-versions.ts';
import { update } from '../verbs/update.ts';

/** The store may be away for a while. */
const retryMs = 1000;

interface Established {
  readonly served: readonly Served[];
  readonly storage: Served;
  readonly cache: ResourceCache;
  /** Versions of the definition from which this was made. */
  readonly spec: CustomResourceDefinition['spec'];
  readonly accepted: CustomResourceDefinition['status'];
  /** Stops waiting for the last object to go. */
  stop?: () => void;
}

export class CustomResources {
  readonly #api: Api;
  readonly #definitions: Served;
  readonly #established = new Map<string, Established>();
  readonly #held = new HeldNames();
  readonly #dirty = new Set<string>();
  /** Stops the wait for another attempt. */
  readonly #waits = new Map<string, () => void>();
  readonly #stop: () => void;
  #running: Promise<void> | undefined;
  #closed = false;

  private constructor(api: Api, definitions: Served) {
    this.#api = api;
    this.#definitions = definitions;
    const { cache } = definitions;
    this.#stop = cache.follow(cache.prefix, ({ entry }) => this.#changed(entry.object.metadata.name));
  }

  /** Resolves when everything that is established already is served. */
  static async start(api: Api): Promise<CustomResources> {
    const definitions = api.resources.of(CustomResourceDefinitions);
    await definitions.cache.ready();
    const customResources = new CustomResources(api, definitions);
    await customResources.settled();
    return customResources;
  }

  /** Resolves when no definition waits for its round. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    for (const stopWaiting of this.#waits.values()) stopWaiting();
    for (const { stop } of this.#established.values()) stop?.();
    await this.settled();
  }

  /** Serving is brought up to date before the write that caused it is answered; only the status comes after. */
  #changed(name: string): void {
    const definition = this.#get(name);
    if (definition === undefined) this.#retire(name);
    else {
      this.#held.set(definition);
      this.#serve(definition);
    }
    this.#dirty.add(name);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await undefined;
    try {
      for (;;) {
        const [name] = this.#dirty;
        if (name === undefined || this.#closed) return;
        this.#dirty.delete(name);
        await this.#round(name);
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #round(name: string): Promise<void> {
    try {
      const definition = this.#get(name);
      if (definition === undefined) return;
      if (definition.metadata.deletionTimestamp === undefined) await this.#updateStatus(definition);
      else await this.#finalize(definition);
    } catch (error) {
      // Somebody else wrote the definition, which brings another round, or it is gone.
      if (isApiError(error, 'Conflict', 'NotFound')) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#api.log.error('Could not bring a custom resource definition up to date', { name, why });
      this.#tryLater(name);
    }
  }

  #tryLater(name: string): void {
    if (this.#closed) return;
    this.#waits.get(name)?.();
    const again = (): void => {
      this.#waits.delete(name);
      this.#dirty.add(name);
      this.#running ??= this.#run();
    };
    this.#waits.set(name, this.#api.clock.after(retryMs, again));
  }

  #get(name: string): CustomResourceDefinition | undefined {
    const { cache } = this.#definitions;
    return cache.get(`${cache.prefix}${name}`)?.object as unknown as CustomResourceDefinition | undefined;
  }

  async #updateStatus(definition: CustomResourceDefinition): Promise<void> {
    const { names, namesAccepted, established } = acceptNames(definition, this.#held.besides(definition.metadata.name));
    const approval = approvalCondition(definition);
    const same = samePlain(names, definition.status?.acceptedNames);
    const wanted: readonly Condition[] = [namesAccepted, established, ...(approval === undefined ? [] : [approval])];
    const known = wanted.every((condition) => isEquivalent(condition, conditionOf(definition, condition.type)));
    if (same && known) return;
    const conditions = withConditions(definition.status?.conditions, wanted, this.#api.clock.now());
    await this.#write(definition, 'status', { status: { ...definition.status, acceptedNames: names, conditions } });
  }

  #serve(definition: CustomResourceDefinition): void {
    const { name } = definition.metadata;
    const current = this.#established.get(name);
    if (!isConditionTrue(definition, 'Established')) return;
    if (
      current !== undefined &&
      samePlain(current.spec, definition.spec) &&
      samePlain(current.accepted, definition.status)
    ) {
      return;
    }
    const cache = this.#api.resources.cacheOf(customPrefix(definition));
    const versions = servedVersions(definition, cache, this.#api.resources.of(Services));
    if (versions === undefined) return;
    for (const { resource } of current?.served ?? []) this.#api.resources.remove(resource);
    for (const served of versions.served) this.#api.resources.add(served);
    this.#established.set(name, { ...current, ...versions, cache, spec: definition.spec, accepted: definition.status });
  }

  /** The definition is gone: so are its resources, and its names are free for others. */
  #retire(name: string): void {
    const established = this.#established.get(name);
    this.#established.delete(name);
    if (established !== undefined) {
      established.stop?.();
      for (const { resource } of established.served) this.#api.resources.remove(resource);
      this.#api.resources.dropCache(established.cache.prefix);
    }
    this.#held.delete(name);
    for (const other of this.#held.waitingWith(name)) this.#dirty.add(other);
  }

  async #finalize(definition: CustomResourceDefinition): Promise<void> {
    const { name, finalizers = [] } = definition.metadata;
    if (!finalizers.includes(cleanupFinalizer)) return;
    const established = this.#established.get(name);
    if (established !== undefined) {
      await established.cache.ready();
      if (conditionOf(definition, 'Terminating')?.reason !== 'InstanceDeletionInProgress') {
        return this.#setTerminating(
          definition,
          'True',
          'InstanceDeletionInProgress',
          'CustomResource deletion is in progress',
        );
      }
      await deleteInstances(this.#api, established.storage);
      if (established.cache.size > 0) return this.#waitForLast(name, established);
    }
    await this.#write(definition, '', {
      metadata: { ...definition.metadata, finalizers: finalizers.filter((each) => each !== cleanupFinalizer) },
    });
  }

  #waitForLast(name: string, established: Established): void {
    if (established.stop !== undefined) return;
    const { cache } = established;
    established.stop = cache.follow(cache.prefix, () => {
      if (cache.size === 0) this.#changed(name);
    });
  }

  async #setTerminating(
    definition: CustomResourceDefinition,
    status: string,
    reason: string,
    message: string,
  ): Promise<void> {
    const condition = { type: 'Terminating', status, reason, message };
    const conditions = withConditions(definition.status?.conditions, [condition], this.#api.clock.now());
    await this.#write(definition, 'status', { status: { ...definition.status, conditions } });
  }

  async #write(definition: CustomResourceDefinition, subresource: string, change: object): Promise<void> {
    const { name } = definition.metadata;
    const body = { ...definition, ...change } as unknown as KubeObject;
    const request = ownRequest(this.#definitions, { verb: 'update', name, subresource, body: body as unknown as Json });
    await update(this.#api, this.#definitions, request);
  }
}

function isEquivalent(wanted: Condition, found: Condition | undefined): boolean {
  return found?.status === wanted.status && found.reason === wanted.reason && found.message === wanted.message;
}
