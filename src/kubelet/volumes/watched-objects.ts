/**
 * ConfigMaps and Secrets that this node's pods refer to: one watch for each, as long as a pod refers to it, so that reads cost
 * nothing and changes arrive at once. A node may watch only what its pods name, never all objects of a namespace.
 */
import type { KubeObject } from '../../api/kind.ts';
import type { Resource } from '../../api/resource.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { Informer } from '../../client/informer.ts';
import { createInformers } from '../../client/shared-informers.ts';

interface Watched {
  readonly informer: Informer<KubeObject>;
  readonly stop: AbortController;
  /** Uids of the pods that refer to it. */
  readonly users: Set<string>;
}

export class WatchedObjects {
  readonly #context: ComponentContext;
  readonly #wake: (uid: string) => void;
  readonly #watched = new Map<string, Watched>();

  /** `wake`: called with a pod's uid when an object that it refers to has changed. */
  constructor(context: ComponentContext, wake: (uid: string) => void) {
    this.#context = context;
    this.#wake = wake;
  }

  /** The object as it stands now; the pod counts as its user from now on. */
  async get<T extends KubeObject, I>(
    resource: Resource<T, I>,
    namespace: string,
    name: string,
    uid: string,
  ): Promise<T | undefined> {
    const key = `${resource.plural}/${namespace}/${name}`;
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = this.#watch(resource, namespace, name);
      this.#watched.set(key, watched);
    }
    watched.users.add(uid);
    await watched.informer.whenSynced();
    // The key names the resource, and the resource fixes the type.
    return watched.informer.get(namespace, name) as T | undefined;
  }

  release(uid: string): void {
    for (const [key, { users, stop }] of this.#watched) {
      if (!users.delete(uid) || users.size > 0) continue;
      stop.abort();
      this.#watched.delete(key);
    }
  }

  stop(): void {
    for (const { stop } of this.#watched.values()) stop.abort();
    this.#watched.clear();
  }

  #watch<T extends KubeObject, I>(resource: Resource<T, I>, namespace: string, name: string): Watched {
    const stop = new AbortController();
    const users = new Set<string>();
    const informers = createInformers({ ...this.#context, signal: stop.signal });
    const informer = informers.of(resource, { namespace, fieldSelector: `metadata.name=${name}` });
    informer.onChange(() => {
      for (const uid of users) this.#wake(uid);
    });
    return { informer: informer as unknown as Informer<KubeObject>, stop, users };
  }
}
