/**
 * Informers for resources that are known only while running: whatever can be listed, watched and deleted, custom or built-in.
 * Whoever uses this discovers which these are, and again whenever a custom resource definition or an API service changes; a
 * resource that is no longer served is forgotten. One that cannot be read for half a minute is let go, to be tried again with
 * the next discovery: it may be gone, and must not hold up the others.
 */
import type { KubeObject } from '../api/kind.ts';
import type { AnyResource, Resource } from '../api/resource.ts';
import { builtinResources } from '../api/resources.ts';
import { sleep } from '../base/clock.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Change, Informer, Informers } from '../client/informer.ts';
import { createInformers } from '../client/shared-informers.ts';

/** Written all the time, owned by nobody who would care. */
const ignored = new Set(['events.', 'events.events.k8s.io']);
const longestSyncMs = 30_000;

interface Followed {
  readonly resource: AnyResource;
  readonly informer: Informer<KubeObject>;
}

export interface FollowedResourcesOptions extends ComponentContext {
  readonly signal: AbortSignal;
  /** For built-in resources, which other controllers follow too. */
  readonly informers: Informers;
  readonly changed: (resource: AnyResource, change: Change<KubeObject>) => void;
}

export class FollowedResources {
  readonly #options: FollowedResourcesOptions;
  readonly #followed = new Map<string, Followed & { readonly stop: () => void }>();

  constructor(options: FollowedResourcesOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all that is newly followed is complete, has ended, or was let go.
   * `all`: what is not among the resources is no longer served.
   */
  async follow(resources: readonly AnyResource[], all: boolean): Promise<void> {
    const wanted = new Map(resources.filter(canBeFollowed).map((resource) => [nameOf(resource), resource]));
    for (const [name, { stop }] of this.#followed) if (all && !wanted.has(name)) stop();
    const added = [...wanted].filter(([name]) => !this.#followed.has(name));
    await Promise.all(added.map(([name, resource]) => this.#add(name, resource)));
  }

  /** The resource of an owner reference. The version need not be the preferred one. */
  find(group: string, kind: string): AnyResource | undefined {
    for (const { resource } of this.#followed.values()) {
      if (resource.group === group && resource.kind.kind === kind) return resource;
    }
    return undefined;
  }

  /** What is followed now, complete or not. */
  all(): readonly Followed[] {
    return [...this.#followed.values()];
  }

  async #add(name: string, resource: AnyResource): Promise<void> {
    const { informers, changed } = this.#options;
    const of = resource as Resource<KubeObject>;
    const abort = new AbortController();
    const custom = !builtinResources.includes(resource);
    const own = custom ? this.#ownInformers(abort) : informers;
    const informer = own.of(of);
    const release = informer.onChange((change) => changed(resource, change));
    const stop = (): void => {
      abort.abort();
      release();
      this.#followed.delete(name);
      if (custom) for (const object of informer.list()) changed(resource, { type: 'deleted', object });
    };
    this.#followed.set(name, { resource, informer, stop });
    await this.#firstSync(informer);
    if (!informer.synced && this.#followed.get(name)?.informer === informer) stop();
  }

  /** Resolves when the copy is complete, when the informer has ended, or when that takes too long. */
  async #firstSync(informer: Informer<KubeObject>): Promise<void> {
    const { clock, signal } = this.#options;
    const waited = new AbortController();
    const tooLong = sleep(clock, longestSyncMs, AbortSignal.any([signal, waited.signal]));
    // Of a resource that goes before it was ever read, nothing is known: that is no failure.
    await Promise.race([informer.whenSynced().catch(() => undefined), tooLong]);
    waited.abort();
    await tooLong;
  }

  #ownInformers(abort: AbortController): Informers {
    const { signal, ...context } = this.#options;
    return createInformers({ ...context, signal: AbortSignal.any([signal, abort.signal]) });
  }
}

function canBeFollowed(resource: AnyResource): boolean {
  const { verbs } = resource;
  const able = verbs.includes('list') && verbs.includes('watch') && verbs.includes('delete');
  return able && !ignored.has(nameOf(resource));
}

const nameOf = ({ plural, group }: AnyResource): string => `${plural}.${group}`;
