/**
 * The informers of a process. Whoever asks for the same resource and selection shares one watch and one copy.
 *
 * Handlers are isolated: one that throws is logged, and the others hear of the change all the same. Delivery is
 * synchronous with the arrival of an event, so there is no queue that could grow; a handler does no more than note
 * what to look at (see work-queue.ts).
 */
import type { KubeObject } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';
import { errorText, type Log } from '../base/log.ts';
import type { ComponentContext } from './component.ts';
import type { Change, Indexes, Informer, Informers, InformerSelection } from './informer.ts';
import { ObjectCache } from './object-cache.ts';
import { reflect, type Copy } from './reflector.ts';

export interface InformersOptions extends ComponentContext {
  readonly signal: AbortSignal;
}

export interface SharedInformers extends Informers {
  /** Resolves when the signal has aborted and every watch has ended. */
  whenEnded(): Promise<void>;
}

export function createInformers(options: InformersOptions): SharedInformers {
  const { signal } = options;
  const informers = new Map<string, unknown>();
  const ends: Promise<void>[] = [];
  return {
    of<T extends KubeObject, I>(resource: Resource<T, I>, selection: InformerSelection = {}): Informer<T> {
      const key = selectionKey(resource, selection);
      const known = informers.get(key);
      // The key names the resource, and the resource fixes the type.
      if (known !== undefined) return known as Informer<T>;
      const log = options.log.named(`informers/${resource.plural}`);
      const informer = new SharedInformer<T>(resource, log);
      informers.set(key, informer);
      ends.push(informer.follow(reflect({ ...options, log, resource, selection }, informer)));
      return informer;
    },
    async whenEnded() {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await Promise.all(ends);
    },
  };
}

function selectionKey(resource: Resource, selection: InformerSelection): string {
  const { namespace, labelSelector, fieldSelector } = selection;
  return JSON.stringify([resource.apiVersion, resource.plural, namespace, labelSelector, fieldSelector]);
}

interface Registration<T> {
  readonly handler: (change: Change<T>) => void;
}

class SharedInformer<T extends KubeObject> implements Informer<T>, Copy<T> {
  readonly resource: Resource<T>;
  readonly #log: Log;
  readonly #cache = new ObjectCache<T>();
  readonly #registrations = new Set<Registration<T>>();
  readonly #sync = Promise.withResolvers<void>();
  synced = false;
  resourceVersion = '';

  constructor(resource: Resource<T>, log: Log) {
    this.resource = resource;
    this.#log = log;
    // Nobody may be waiting when the informer ends early: that is no unhandled rejection.
    this.#sync.promise.catch(() => undefined);
  }

  /** Resolves when what feeds the informer has ended. */
  async follow(reflecting: Promise<void>): Promise<void> {
    await reflecting;
    this.#sync.reject(new Error(`Cannot sync "${this.resource.plural}": the informer has ended`));
  }

  whenSynced(): Promise<void> {
    return this.#sync.promise;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#cache.get(namespace === undefined ? name : `${namespace}/${name}`);
  }

  list(namespace?: string): readonly T[] {
    return this.#cache.list(namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#cache.byIndex(index, value);
  }

  addIndexes(indexes: Indexes<T>): void {
    this.#cache.addIndexes(indexes);
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    const registration = { handler };
    this.#registrations.add(registration);
    for (const object of this.#cache.list()) this.#tell(registration, { type: 'added', object });
    return () => void this.#registrations.delete(registration);
  }

  replace(objects: readonly T[], resourceVersion: string): void {
    const changes = this.#cache.replace(objects);
    this.resourceVersion = resourceVersion;
    this.#announce(changes);
    this.synced = true;
    this.#sync.resolve();
  }

  set(object: T): void {
    this.#announce(this.#cache.set(object));
  }

  remove(object: T): void {
    this.#announce(this.#cache.remove(object));
  }

  advance(resourceVersion: string): void {
    this.resourceVersion = resourceVersion;
  }

  /** A handler that is put on meanwhile was given the whole copy, these changes included. */
  #announce(changes: readonly Change<T>[]): void {
    if (changes.length === 0) return;
    const registrations = [...this.#registrations];
    for (const change of changes) {
      for (const registration of registrations) this.#tell(registration, change);
    }
  }

  #tell(registration: Registration<T>, change: Change<T>): void {
    if (!this.#registrations.has(registration)) return;
    try {
      registration.handler(change);
    } catch (error) {
      const { namespace, name } = change.object.metadata;
      this.#log.error('A handler failed', { change: change.type, namespace, name, error: errorText(error) });
    }
  }
}
