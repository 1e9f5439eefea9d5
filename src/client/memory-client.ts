/** The client of a MemoryServer: no sockets, but the same contract as over HTTPS. */
import { ApiError } from '../api/api-error.ts';
import type { ListOf } from '../api/kind.ts';
import type { AnyResource, Resource } from '../api/resource.ts';
import type { Json } from '../api/schema.ts';
import type { Client, ListOptions, ObjectRef, Patch, WatchEvent, WatchOptions } from './client.ts';
import { pluralOf, type Change, type Loose, type MemoryServer, type Stored } from './memory-server.ts';

export class MemoryClient implements Client {
  readonly #server: MemoryServer;
  readonly #beforeRequest: () => void;

  /** `beforeRequest`: throws to keep this client, and no other, from the server. */
  constructor(server: MemoryServer, beforeRequest: () => void = () => undefined) {
    this.#server = server;
    this.#beforeRequest = beforeRequest;
  }

  async get<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T> {
    return this.#ask('get', resource, () => this.#server.get(resource, ref));
  }

  async find<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T | undefined> {
    return this.#ask('get', resource, () => this.#server.find(resource, ref));
  }

  async list<T, I>(resource: Resource<T, I>, options: ListOptions = {}): Promise<ListOf<T>> {
    return this.#ask('list', resource, () => ({
      apiVersion: resource.apiVersion,
      kind: `${resource.kind.kind}List`,
      metadata: { resourceVersion: String(this.#server.version) },
      items: this.#server.all(resource).filter((object) => selects(options, object)),
    }));
  }

  async *watch<T, I>(resource: Resource<T, I>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    await Promise.resolve();
    const events: AsyncIterable<unknown> = this.#ask('watch', resource, () =>
      watchEvents(this.#server, resource, options),
    );
    for await (const event of events) yield event as WatchEvent<T>;
  }

  async create<T, I>(resource: Resource<T, I>, object: I): Promise<T> {
    return this.#ask('create', resource, () => this.#server.create(resource, object as Loose));
  }

  async update<T, I>(resource: Resource<T, I>, object: T): Promise<T> {
    return this.#ask('update', resource, () => this.#server.update(resource, object as Loose));
  }

  async updateStatus<T, I>(resource: Resource<T, I>, object: T): Promise<T> {
    return this.#ask('update', resource, () => this.#server.update(resource, object as Loose, 'status'));
  }

  async patch<T, I>(
    resource: Resource<T, I>,
    ref: ObjectRef,
    patch: Patch,
    options: { readonly subresource?: string | undefined } = {},
  ): Promise<T> {
    return this.#ask('patch', resource, () => {
      if (patch.type === 'json') throw new ApiError('UnsupportedMediaType', 'JSON patches are not served');
      const old = this.#server.get(resource, ref);
      return this.#server.update(resource, merged(old, patch.value) as Loose, options.subresource);
    });
  }

  async delete<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<void> {
    this.#ask('delete', resource, () => this.#server.delete(resource, ref));
  }

  async deleteCollection<T, I>(resource: Resource<T, I>, options: ListOptions): Promise<void> {
    this.#ask('deletecollection', resource, () => {
      for (const object of this.#server.all(resource)) {
        if (selects(options, object)) this.#server.delete(resource, object.metadata);
      }
    });
  }

  async createSubresource<T, I>(resource: Resource<T, I>, ref: ObjectRef, subresource: string): Promise<Json> {
    throw new ApiError('NotFound', `${resource.plural}/${subresource} of "${ref.name}" is not served`);
  }

  async request(): Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }> {
    return { status: 404, headers: {}, body: new Uint8Array() };
  }

  #ask<R>(verb: string, resource: AnyResource, act: () => unknown): R {
    this.#beforeRequest();
    this.#server.onRequest(verb, resource.plural);
    return act() as R;
  }
}

type AnyEvent = { readonly type: string; readonly object: Loose };

async function* watchEvents(
  server: MemoryServer,
  resource: AnyResource,
  options: WatchOptions,
): AsyncIterable<AnyEvent> {
  const ready: AnyEvent[] = [];
  let wake = (): void => undefined;
  let ended = options.signal.aborted;
  const end = (): void => {
    ended = true;
    wake();
  };
  if (options.sendInitialEvents === true) {
    if (server.refusesWatchList) {
      throw new ApiError('Invalid', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch');
    }
    for (const object of server.all(resource)) if (selects(options, object)) ready.push({ type: 'ADDED', object });
    ready.push(bookmark(server.version, { 'k8s.io/initial-events-end': 'true' }));
  }
  const from = options.sendInitialEvents === true ? server.version : Number(options.resourceVersion ?? server.version);
  const stop = server.follow(resource, from, {
    plural: pluralOf(resource),
    push(change) {
      const event = eventFor(options, change);
      if (event !== undefined) ready.push(event);
      wake();
    },
    end,
  });
  options.signal.addEventListener('abort', end, { once: true });
  try {
    while (!options.signal.aborted) {
      const event = ready.shift();
      if (event !== undefined) yield event;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    options.signal.removeEventListener('abort', end);
  }
}

/** What a watcher with this selection sees of the change: objects may enter or leave it. */
function eventFor(selection: ListOptions, change: Change): AnyEvent | undefined {
  const before = change.previous !== undefined && selects(selection, change.previous);
  const after = !change.deleted && selects(selection, change.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
  return before ? { type: 'DELETED', object: change.object } : undefined;
}

function bookmark(version: number, annotations: Readonly<Record<string, string>>): AnyEvent {
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version), annotations } } };
}

/** Equality and inequality terms alone: `a=b,c!=d`. */
function selects(options: ListOptions, object: Stored): boolean {
  if (options.namespace !== undefined && object.metadata.namespace !== options.namespace) return false;
  const label = (key: string): unknown => object.metadata.labels?.[key];
  const field = (path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
  return matches(options.labelSelector, label) && matches(options.fieldSelector, field);
}

function matches(selector: string | undefined, valueOf: (key: string) => unknown): boolean {
  if (selector === undefined || selector === '') return true;
  return selector.split(',').every((term) => {
    const [, key = '', operator, value = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? [];
    return ((valueOf(key) ?? '') === value) === (operator !== '!=');
  });
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
