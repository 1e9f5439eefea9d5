/**
 * A request on its way, and the answers there are. Both are free of HTTP: sockets (http/) and callers in this process
 * (in-process-client.ts) enter the pipeline at the same place, with an identity.
 */
import type { Duplex, Readable } from 'node:stream';
import type { ApiError } from '../api/api-error.ts';
import type { Json, JsonObject } from '../api/schema.ts';
import type { Entry } from './registry/entry.ts';
import type { WatchSubscription } from './registry/watch.ts';
import type { RequestHead } from './http/request-head.ts';
import type { RequestInfo } from './request-info.ts';
import type { Served } from './registry/served.ts';
import type { User } from './user.ts';
import type { Impersonation } from './authentication/impersonation-modes.ts';

export interface ApiRequest {
  readonly info: RequestInfo;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly userAgent: string;
  readonly accept: string;
  readonly contentType: string;
  readonly body: RequestBody;
  readonly lifetime: RequestLifetime;
  /** Adds a text to the answer's Warning headers. */
  warn(text: string): void;
  /** Collects what admission has to tell the audit log; absent where nobody reads it. */
  readonly auditAnnotations?: AuditAnnotations | undefined;
  /** Sets a header of the answer, where there is HTTP. */
  header?(name: string, value: string): void;
  /** Set when the client wants to leave HTTP (exec, attach, port-forward, proxied web sockets). */
  readonly upgrade?: Upgrade;
  /** The user asks to act as somebody else. */
  readonly impersonation?: Impersonation | undefined;
  /** The HTTP request behind it, for what is passed on as it is (proxy). */
  readonly incoming?: RequestHead;
  /** The body of a request that is passed on, left on the socket; otherwise it stands in `body`. */
  readonly unread?: Readable | undefined;
}

export interface RequestLifetime {
  /** Aborts when the client has gone or the server stops. May be made only when it is asked for: making one costs. */
  readonly signal: AbortSignal;
}

/** Annotations of the request's audit event: each key keeps its first value. */
export interface AuditAnnotations {
  /** `level`: the audit level from which on it is told, where not all levels may show it. */
  add(key: string, value: string, level?: 'Request'): void;
}

export type RequestBody =
  | { readonly type: 'none' }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** More than the server takes: whoever would have read it refuses the request. */
  | { readonly type: 'too-large' }
  /** From a caller in this process. */
  | { readonly type: 'value'; readonly value: Json };

export interface Upgrade {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

export type Answer =
  /** A stored object, sent as the bytes that are kept. */
  | { readonly type: 'entry'; readonly status: number; readonly served: Served; readonly entry: Entry }
  /** An object made for this answer: a Status, a review, a dry run. */
  | { readonly type: 'object'; readonly status: number; readonly object: JsonObject; readonly served?: Served }
  | { readonly type: 'list'; readonly served: Served; readonly list: ListAnswer }
  | { readonly type: 'watch'; readonly served: Served; readonly subscription: WatchSubscription }
  /** A watch that ends with its first event, which says why. */
  | { readonly type: 'refused-watch'; readonly served: Served; readonly error: ApiError }
  | {
      readonly type: 'raw';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array | string | AsyncIterable<Uint8Array>;
      /** A large document of the server's own: packed for clients that take it so. */
      readonly document?: boolean;
    }
  /** The connection was taken over by a stream. */
  | { readonly type: 'hijacked' };

export interface ListAnswer {
  readonly entries: readonly Entry[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
  /** How many objects were looked at. */
  readonly looked?: number;
  /** It was read from the store, not from the cache. */
  readonly fromStore?: boolean;
}

export function textAnswer(status: number, text: string, contentType = 'text/plain; charset=utf-8'): Answer {
  return { type: 'raw', status, headers: { 'content-type': contentType }, body: text };
}
