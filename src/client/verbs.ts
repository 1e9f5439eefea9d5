/**
 * The verbs of a client, each as one request with a path, a query and a body. How requests travel and come back is the
 * exchange's business: over HTTPS (http-client.ts), or within the API server's own process.
 */
import { isApiError } from '../api/api-error.ts';
import type { ListOf } from '../api/kind.ts';
import { resourcePath, type AnyResource, type Resource } from '../api/resource.ts';
import type { Json, JsonObject } from '../api/schema.ts';
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectRef,
  Patch,
  PatchOptions,
  RawRequest,
  RawResponse,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import { listParameters, queryText, watchParameters, writeParameters } from './request-query.ts';

export interface Sent {
  readonly method: RawRequest['method'];
  /** Path and query. */
  readonly path: string;
  readonly body?: Json | undefined;
  /** Default: application/json. */
  readonly contentType?: string | undefined;
}

export interface Exchange {
  /** The decoded answer. @throws ApiError when the server refuses. */
  ask(sent: Sent): Promise<unknown>;
  /** A list whose items name their kind. */
  askList(sent: Sent, resource: AnyResource): Promise<ListOf<unknown>>;
  /** Ends quietly when the signal aborts, and after an ERROR event. */
  watch(path: string, options: WatchOptions): AsyncIterable<WatchEvent<unknown>>;
  request(request: RawRequest): Promise<RawResponse>;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export function createVerbs(exchange: Exchange): Client {
  return new Verbs(exchange);
}

class Verbs implements Client {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  async get<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T> {
    return this.#ask<T>({ method: 'GET', path: objectPath(resource, ref) });
  }

  async find<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T | undefined> {
    try {
      return await this.get(resource, ref);
    } catch (error) {
      if (isApiError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async list<T, I>(resource: Resource<T, I>, options: ListOptions = {}): Promise<ListOf<T>> {
    const path = resourcePath(resource, options.namespace) + queryText(listParameters(options));
    return (await this.#exchange.askList({ method: 'GET', path }, resource)) as ListOf<T>;
  }

  watch<T, I>(resource: Resource<T, I>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const path = resourcePath(resource, options.namespace) + queryText(watchParameters(options));
    return this.#exchange.watch(path, options) as AsyncIterable<WatchEvent<T>>;
  }

  async create<T, I>(resource: Resource<T, I>, object: I, options: WriteOptions = {}): Promise<T> {
    const path = resourcePath(resource, refOf(object).namespace) + queryText(writeParameters(options));
    return this.#ask<T>({ method: 'POST', path, body: withKind(resource, object) });
  }

  async update<T, I>(resource: Resource<T, I>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = objectPath(resource, refOf(object)) + queryText(writeParameters(options));
    return this.#ask<T>({ method: 'PUT', path, body: withKind(resource, object) });
  }

  async updateStatus<T, I>(resource: Resource<T, I>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = objectPath(resource, refOf(object), 'status') + queryText(writeParameters(options));
    return this.#ask<T>({ method: 'PUT', path, body: withKind(resource, object) });
  }

  async patch<T, I>(resource: Resource<T, I>, ref: ObjectRef, patch: Patch, options: PatchOptions = {}): Promise<T> {
    const force = patch.type === 'apply' ? patch.force : undefined;
    const path = objectPath(resource, ref, options.subresource) + queryText({ ...writeParameters(options), force });
    const body = patch.type === 'json' ? patch.operations : patch.value;
    return this.#ask<T>({ method: 'PATCH', path, body, contentType: patchTypes[patch.type] });
  }

  async delete<T, I>(resource: Resource<T, I>, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.#ask({ method: 'DELETE', path: objectPath(resource, ref), body: deleteBody(options) });
  }

  async deleteCollection<T, I>(
    resource: Resource<T, I>,
    list: ListOptions,
    options: DeleteOptions = {},
  ): Promise<void> {
    const path = resourcePath(resource, list.namespace) + queryText(listParameters(list));
    await this.#ask({ method: 'DELETE', path, body: deleteBody(options) });
  }

  async createSubresource<T, I>(
    resource: Resource<T, I>,
    ref: ObjectRef,
    subresource: string,
    body: JsonObject,
  ): Promise<Json> {
    return this.#ask<Json>({ method: 'POST', path: objectPath(resource, ref, subresource), body });
  }

  request(request: RawRequest): Promise<RawResponse> {
    return this.#exchange.request(request);
  }

  async #ask<R>(sent: Sent): Promise<R> {
    return (await this.#exchange.ask(sent)) as R;
  }
}

function objectPath(resource: AnyResource, ref: ObjectRef, subresource?: string): string {
  const path = `${resourcePath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource === undefined || subresource === '' ? path : `${path}/${subresource}`;
}

function refOf(object: unknown): ObjectRef {
  const { metadata } = object as { readonly metadata?: Partial<ObjectRef> };
  return { namespace: metadata?.namespace, name: metadata?.name ?? '' };
}

/** The body of a write names its kind, whether the caller wrote it or not. */
function withKind(resource: AnyResource, object: unknown): JsonObject {
  const { apiVersion, kind } = resource.kind;
  return { ...(object as JsonObject), apiVersion, kind };
}

function deleteBody(options: DeleteOptions): JsonObject | undefined {
  const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion, dryRun } = options;
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const body = {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  };
  return Object.keys(body).length === 0 ? undefined : { apiVersion: 'v1', kind: 'DeleteOptions', ...body };
}
