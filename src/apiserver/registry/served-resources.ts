/**
 * All resources that are served: the built-in ones, and those that custom resource definitions add and take away. The
 * server itself works with built-in ones that are switched off, too: only clients do not find them.
 */
import type { Descriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/store.ts';
import { ResourceCache } from './cache.ts';
import { conversions, internalForms } from './conversions.ts';
import type { Served } from './served.ts';
import { storagePrefix } from './storage-prefixes.ts';

export class ServedResources {
  readonly #store: Store;
  readonly #log: Log | undefined;
  readonly #served = new Map<string, Served>();
  readonly #switchedOff = new Map<string, Served>();
  readonly #caches = new Map<string, ResourceCache>();
  readonly #builtinGroups: ReadonlySet<string>;
  #sharing: Map<ResourceCache, readonly Served[]> | undefined;

  constructor(
    store: Store,
    descriptors: readonly Descriptor<never>[],
    switchedOff: readonly AnyResource[] = [],
    log?: Log,
  ) {
    this.#store = store;
    this.#log = log;
    const off = new Set(switchedOff.map(keyOf));
    for (const descriptor of descriptors as readonly unknown[] as readonly Descriptor<KubeObject>[]) {
      const key = keyOf(descriptor.resource);
      (off.has(key) ? this.#switchedOff : this.#served).set(key, this.#make(descriptor));
    }
    this.#builtinGroups = new Set(this.all().map(({ resource }) => resource.group));
  }

  find(group: string, version: string, plural: string): Served | undefined {
    return this.#served.get(`${group}/${version}/${plural}`);
  }

  /** Switched off or not. @throws when it is none of the built-in ones: for resources that the server itself needs. */
  of(resource: AnyResource): Served {
    const key = keyOf(resource);
    const served = this.#served.get(key) ?? this.#switchedOff.get(key);
    if (served === undefined) throw new Error(`Resource ${resource.plural}.${resource.apiVersion} is not served`);
    return served;
  }

  /** The group is Kubernetes' own and served, not one that custom resource definitions made. */
  isBuiltinGroup(group: string): boolean {
    return this.#builtinGroups.has(group);
  }

  /** In the order of discovery. */
  all(): readonly Served[] {
    return [...this.#served.values()];
  }

  /** All that serve the objects of one cache: a resource in its versions and groups. */
  sharing(cache: ResourceCache): readonly Served[] {
    this.#sharing ??= Map.groupBy(this.#served.values(), (served) => served.cache);
    return this.#sharing.get(cache) ?? [];
  }

  add(served: Served): void {
    this.#served.set(keyOf(served.resource), served);
    this.#sharing = undefined;
  }

  remove(resource: AnyResource): void {
    this.#served.delete(keyOf(resource));
    this.#sharing = undefined;
  }

  /** One cache for a prefix, whatever versions are served from it. */
  cacheOf(prefix: string): ResourceCache {
    let cache = this.#caches.get(prefix);
    if (cache === undefined) this.#caches.set(prefix, (cache = new ResourceCache(this.#store, prefix, this.#log)));
    return cache;
  }

  /** Nothing is served from the prefix any more; who watches it is told to list again. */
  dropCache(prefix: string): void {
    this.#caches.get(prefix)?.close();
    this.#caches.delete(prefix);
  }

  /** What could not be read is read again. */
  reread(): void {
    for (const cache of this.#caches.values()) cache.reread();
  }

  close(): void {
    for (const cache of this.#caches.values()) cache.close();
  }

  #make(descriptor: Descriptor<KubeObject>): Served {
    const { resource } = descriptor;
    const name = `${resource.plural}.${resource.apiVersion}`;
    const conversion = conversions[name];
    const toInternal = internalForms[name];
    return {
      resource,
      descriptor,
      type: resource.kind,
      cache: this.cacheOf(storagePrefix(resource)),
      itemsCarryType: false,
      ...(conversion === undefined ? {} : { conversion }),
      ...(toInternal === undefined ? {} : { toInternal }),
    };
  }
}

const keyOf = (resource: AnyResource): string => `${resource.group}/${resource.version}/${resource.plural}`;
