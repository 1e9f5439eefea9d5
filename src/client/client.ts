/**
 * What components know of the cluster: typed verbs on resources. Nothing else of the API server is visible to them.
 *
 * Two implementations: over HTTPS (http-client.ts), and in the API server's own process (made by cluster/), which skips
 * sockets and encoding but neither authorization nor admission. Objects that come back are immutable and may be shared:
 * a change makes a new object. A request that the server refuses throws an ApiError.
 */
import type { ListOf } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';
import type { Json, JsonObject } from '../api/schema.ts';

export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface ListOptions {
  /** Omitted: all namespaces, or a cluster-scoped resource. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  readonly allowWatchBookmarks?: boolean | undefined;
  /** First the objects there are, then a bookmark with the annotation k8s.io/initial-events-end. */
  readonly sendInitialEvents?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly signal: AbortSignal;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  /** `object`: a Status; the watch ends after it. */
  | { readonly type: 'ERROR'; readonly object: JsonObject };

export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly fieldManager?: string | undefined;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonObject[] }
  | { readonly type: 'merge' | 'strategic'; readonly value: JsonObject }
  /** Server-side apply: needs `fieldManager` among the options. */
  | { readonly type: 'apply'; readonly value: JsonObject; readonly force?: boolean | undefined };

export interface PatchOptions extends WriteOptions {
  readonly subresource?: string | undefined;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  /** The deletion is refused with Conflict unless the object still is the one that is meant. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: Json | undefined;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface Client {
  /** @throws ApiError NotFound */
  get<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T>;
  /** The object, or undefined when it does not exist. */
  find<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T | undefined>;
  list<T, I>(resource: Resource<T, I>, options?: ListOptions): Promise<ListOf<T>>;
  /** Ends when the signal aborts, the server ends the watch, or after an ERROR event. */
  watch<T, I>(resource: Resource<T, I>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** The namespace is the object's own. */
  create<T, I>(resource: Resource<T, I>, object: I, options?: WriteOptions): Promise<T>;
  /** Replaces the object; with a resourceVersion in it, only that version (else ApiError Conflict). */
  update<T, I>(resource: Resource<T, I>, object: T, options?: WriteOptions): Promise<T>;
  updateStatus<T, I>(resource: Resource<T, I>, object: T, options?: WriteOptions): Promise<T>;
  patch<T, I>(resource: Resource<T, I>, ref: ObjectRef, patch: Patch, options?: PatchOptions): Promise<T>;
  /** The object as it stands after the request (deletion may wait for finalizers), or the final Status. */
  delete<T, I>(resource: Resource<T, I>, ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  deleteCollection<T, I>(resource: Resource<T, I>, list: ListOptions, options?: DeleteOptions): Promise<void>;
  /** POST to a subresource such as pods/binding, pods/eviction, serviceaccounts/token; answers the decoded body. */
  createSubresource<T, I>(
    resource: Resource<T, I>,
    ref: ObjectRef,
    subresource: string,
    body: JsonObject,
  ): Promise<Json>;
  /** Any request, answered whatever its status. */
  request(request: RawRequest): Promise<RawResponse>;
}
