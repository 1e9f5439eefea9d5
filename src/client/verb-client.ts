/**
 * The verbs of the client, written once: each is a request by path, sent by whatever way the exchange knows.
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
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: Json | undefined;
  /** Default: application/json. */
  readonly contentType?: string | undefined;
}

/** A way to the API server: over a socket, or by a call in the same process. */
export interface Exchange {
  /** The decoded answer. @throws ApiError */
  ask<R>(sent: Sent): Promise<R>;
  watch<T>(sent: Sent, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  request(request: RawRequest): Promise<RawResponse>;
}

export function createClient(exchange: Exchange): Client {
  return new VerbClient(exchange);
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

class VerbClient implements Client {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  async get<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T> {
    return this.#exchange.ask<T>({ method: 'GET', path: objectPath(resource, ref) });
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
    const answer = await this.#exchange.ask<ListOf<T> & { readonly items: readonly T[] | null }>({
      method: 'GET',
      path,
    });
    // Kubernetes leaves the kind out of the items of a list; readers of an object expect it.
    const { apiVersion, kind } = resource.kind;
    return { ...answer, items: (answer.items ?? []).map((item) => ({ apiVersion, kind, ...item })) };
  }

  watch<T, I>(resource: Resource<T, I>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const path = resourcePath(resource, options.namespace) + queryText(watchParameters(options));
    return this.#exchange.watch<T>({ method: 'GET', path }, options);
  }

  async create<T, I>(resource: Resource<T, I>, object: I, options: WriteOptions = {}): Promise<T> {
    const path = resourcePath(resource, refOf(object).namespace) + queryText(writeParameters(options));
    return this.#exchange.ask<T>({ method: 'POST', path, body: withKind(resource, object) });
  }

  async update<T, I>(resource: Resource<T, I>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = objectPath(resource, refOf(object)) + queryText(writeParameters(options));
    return this.#exchange.ask<T>({ method: 'PUT', path, body: withKind(resource, object) });
  }

  async updateStatus<T, I>(resource: Resource<T, I>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = objectPath(resource, refOf(object), 'status') + queryText(writeParameters(options));
    return this.#exchange.ask<T>({ method: 'PUT', path, body: withKind(resource, object) });
  }

  async patch<T, I>(resource: Resource<T, I>, ref: ObjectRef, patch: Patch, options: PatchOptions = {}): Promise<T> {
    const force = patch.type === 'apply' ? patch.force : undefined;
    const path = objectPath(resource, ref, options.subresource) + queryText({ ...writeParameters(options), force });
    const body = patch.type === 'json' ? patch.operations : patch.value;
    return this.#exchange.ask<T>({ method: 'PATCH', path, body, contentType: patchTypes[patch.type] });
  }

  async delete<T, I>(resource: Resource<T, I>, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.#exchange.ask({ method: 'DELETE', path: objectPath(resource, ref), body: deleteBody(options) });
  }

  async deleteCollection<T, I>(
    resource: Resource<T, I>,
    list: ListOptions,
    options: DeleteOptions = {},
  ): Promise<void> {
    const path = resourcePath(resource, list.namespace) + queryText(listParameters(list));
    await this.#exchange.ask({ method: 'DELETE', path, body: deleteBody(options) });
  }

  async createSubresource<T, I>(
    resource: Resource<T, I>,
    ref: ObjectRef,
    subresource: string,
    body: JsonObject,
  ): Promise<Json> {
    return this.#exchange.ask<Json>({ method: 'POST', path: objectPath(resource, ref, subresource), body });
  }

  async request(request: RawRequest): Promise<RawResponse> {
    return this.#exchange.request(request);
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
