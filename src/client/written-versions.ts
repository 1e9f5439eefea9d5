/**
 * Controllers without expectations: a reconcile must not look at a copy that is older than what the last reconcile of the
 * same key wrote, or it would write the same thing again (two pods instead of one).
 *
 * Resource versions are ordered integers, so it is enough to remember what was written for a key until the informer has
 * seen it: for a create, update or patch the version that came back, for a delete that the object is gone or going.
 * A key that still waits is skipped, and comes again when its informer has caught up. Should the informer never get there
 * (its watch was cut and the object is gone meanwhile), the wait ends after `patienceMs`. A write whose answer was lost may
 * have taken place all the same: the key rests for `doubtMs`, in which the informer hears of it if so.
 */
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kind.ts';
import type { AnyResource, Resource } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { Client, ObjectRef } from './client.ts';
import type { Informer } from './informer.ts';

const patienceMs = 30_000;
const doubtMs = 1000;

interface Followed {
  readonly informer: Informer<KubeObject>;
  /** The highest resource version that went by. */
  seen: number;
  readonly waiting: Set<string>;
}

interface Write {
  readonly followed: Followed;
  readonly untilMs: number;
  readonly isSeen: () => boolean;
}

export class WrittenVersions {
  readonly #clock: Clock;
  readonly #caughtUp: (key: string) => void;
  readonly #followed = new Map<string, Followed>();
  readonly #writes = new Map<string, Write[]>();

  /** `caughtUp` is told of each key whose writes have all been seen. */
  constructor(clock: Clock, caughtUp: (key: string) => void) {
    this.#clock = clock;
    this.#caughtUp = caughtUp;
  }

  /** To be called before any other handler is put on the informer. */
  follow<T extends KubeObject>(informer: Informer<T>): void {
    const name = resourceName(informer.resource);
    if (this.#followed.has(name)) return;
    const followed: Followed = { informer, seen: 0, waiting: new Set() };
    this.#followed.set(name, followed);
    informer.onChange(({ object }) => {
      followed.seen = Math.max(followed.seen, Number(object.metadata.resourceVersion));
      for (const key of followed.waiting) if (this.waitMs(key) === 0) this.#caughtUp(key);
    });
  }

  /** How long the key may still have to wait for what was written for it; 0 = its informers are up to date. */
  waitMs(key: string): number {
    const now = this.#clock.now();
    const writes = this.#writes.get(key) ?? [];
    const open = writes.filter((write) => write.untilMs > now && !write.isSeen());
    const behind = new Set(open.map(({ followed }) => followed));
    for (const { followed } of writes) if (!behind.has(followed)) followed.waiting.delete(key);
    if (open.length === 0) this.#writes.delete(key);
    else this.#writes.set(key, open);
    return open.reduce((longest, write) => Math.max(longest, write.untilMs - now), 0);
  }

  /** The client, remembering for the key what goes through it. */
  recording(client: Client, key: string): Client {
    const writing = async <T>(resource: AnyResource, answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        if (mayHaveTakenPlace(error)) this.#doubt(key, resource);
        throw error;
      }
    };
    const wrote = async <T>(resource: AnyResource, answer: Promise<T>): Promise<T> => {
      const object = await writing(resource, answer);
      this.#wrote(key, resource, object);
      return object;
    };
    return {
      get: (resource, ref) => client.get(resource, ref),
      find: (resource, ref) => client.find(resource, ref),
      list: (resource, options) => client.list(resource, options),
      watch: (resource, options) => client.watch(resource, options),
      create: (resource, object, options) => wrote(resource, client.create(resource, object, options)),
      update: (resource, object, options) => wrote(resource, client.update(resource, object, options)),
      updateStatus: (resource, object, options) => wrote(resource, client.updateStatus(resource, object, options)),
      patch: (resource, ref, patch, options) => wrote(resource, client.patch(resource, ref, patch, options)),
      delete: async (resource, ref, options) => {
        const uid = options?.uid ?? this.#known(resource, ref)?.metadata.uid;
        await writing(resource, client.delete(resource, ref, options));
        this.#deleted(key, resource, ref, uid);
      },
      deleteCollection: (resource, list, options) => client.deleteCollection(resource, list, options),
      createSubresource: (resource, ref, subresource, body) =>
        client.createSubresource(resource, ref, subresource, body),
      request: (request) => client.request(request),
    };
  }

  #wrote(key: string, resource: AnyResource, answer: unknown): void {
    const followed = this.#followed.get(resourceName(resource));
    const version = Number((answer as Partial<KubeObject> | undefined)?.metadata?.resourceVersion);
    if (followed === undefined || Number.isNaN(version)) return;
    // The informer's own version counts too: a change that was undone while its watch was cut never comes by.
    this.#remember(key, followed, () => Math.max(followed.seen, Number(followed.informer.resourceVersion)) >= version);
  }

  #doubt(key: string, resource: AnyResource): void {
    const followed = this.#followed.get(resourceName(resource));
    if (followed !== undefined) this.#remember(key, followed, () => false, doubtMs);
  }

  #deleted(key: string, resource: AnyResource, ref: ObjectRef, uid: string | undefined): void {
    const followed = this.#followed.get(resourceName(resource));
    if (followed === undefined || uid === undefined) return;
    this.#remember(key, followed, () => {
      const known = this.#known(resource, ref);
      return known?.metadata.uid !== uid || known.metadata.deletionTimestamp !== undefined;
    });
  }

  #remember(key: string, followed: Followed, isSeen: () => boolean, forMs = patienceMs): void {
    if (isSeen()) return;
    const write: Write = { followed, untilMs: this.#clock.now() + forMs, isSeen };
    followed.waiting.add(key);
    this.#writes.set(key, [...(this.#writes.get(key) ?? []), write]);
  }

  #known(resource: AnyResource, ref: ObjectRef): KubeObject | undefined {
    return this.#followed.get(resourceName(resource))?.informer.get(ref.namespace, ref.name);
  }
}

/** No answer, or one from a server that does not know what became of the request. */
function mayHaveTakenPlace(error: unknown): boolean {
  return !isApiError(error) || error.code >= 500;
}

function resourceName(resource: Resource | AnyResource): string {
  return `${resource.plural}.${resource.group}`;
}
