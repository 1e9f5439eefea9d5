/**
 * The client of components that share the API server's process: the same verbs as over HTTPS, without sockets and
 * encoding, but with the same authorization and admission. Objects that come back are the server's own, shared and
 * immutable.
 *
 * Limits: a watcher that leaves more than `maxQueuedEvents` unread is ended and lists again; others never wait for it. Of
 * the requests of a client `maxAtOnce` are under way, the rest waits for its turn here: a controller that makes a thousand pods would
 * else find no room in its queue of priority and fairness, and come back only a second later.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../api/api-error.ts';
import type { ListOf } from '../api/kind.ts';
import type { Json, JsonObject } from '../api/schema.ts';
import type { ApiServer } from '../apiserver/api-server.ts';
import type { WatchItem, WatchSubscription } from '../apiserver/registry/watch.ts';
import { OverloadError } from '../apiserver/fairness/overload-error.ts';
import { servedObject, type Served } from '../apiserver/registry/served.ts';
import type { Answer, ApiRequest } from '../apiserver/request.ts';
import { readRequestInfo } from '../apiserver/request-info.ts';
import { authenticated, type User } from '../apiserver/user.ts';
import { Turns } from '../base/turns.ts';
import type { Client, RawRequest, RawResponse, WatchEvent, WatchOptions } from '../client/client.ts';
import { statusError } from '../client/status-error.ts';
import { createVerbs, type Exchange, type Sent } from '../client/verbs.ts';

export interface InProcessClientOptions {
  readonly apiServer: Pick<ApiServer, 'handle'>;
  readonly user: User;
  /** Its part before the slash names the field manager. */
  readonly userAgent: string;
}

const maxQueuedEvents = 100_000;
/** Enough to fill the batches of the store; a flow of priority and fairness has room for 300 and more. */
const maxAtOnce = 100;
const maxAttempts = 5;
const bookmarkEveryMs = 60_000;
const neverAborted = new AbortController().signal;

export function createInProcessClient(options: InProcessClientOptions): Client {
  return createVerbs(new InProcessExchange(options));
}

class InProcessExchange implements Exchange {
  readonly #handle: ApiServer['handle'];
  readonly #user: User;
  readonly #userAgent: string;
  readonly #turns = new Turns(maxAtOnce);

  constructor({ apiServer, user, userAgent }: InProcessClientOptions) {
    this.#handle = apiServer.handle;
    this.#user = authenticated(user);
    this.#userAgent = userAgent;
  }

  async ask(sent: Sent): Promise<unknown> {
    const answer = await this.#turns.run(() => this.#answer(sent));
    return answer.type === 'raw' ? await decodedRaw(answer) : decoded(answer);
  }

  async askList(sent: Sent): Promise<ListOf<unknown>> {
    return (await this.ask(sent)) as ListOf<unknown>;
  }

  async *watch(path: string, { signal }: WatchOptions): AsyncIterable<WatchEvent<unknown>> {
    if (signal.aborted) return;
    const answer = await this.#handle(this.#request({ method: 'GET', path }, signal));
    if (answer.type === 'raw') return yield* rawWatch(answer, signal);
    if (answer.type === 'refused-watch') throw answer.error;
    if (answer.type !== 'watch') throw new Error(`Cannot watch "${path}": it was answered as ${answer.type}`);
    const { served, subscription } = answer;
    for await (const item of watchItems(subscription, signal)) yield watchEvent(served, item);
  }

  async request(request: RawRequest): Promise<RawResponse> {
    try {
      const answer = await this.#handle(this.#request(request, request.signal ?? neverAborted));
      if (answer.type === 'raw') return await rawResponse(answer);
      const status = answer.type === 'entry' || answer.type === 'object' ? answer.status : 200;
      return jsonResponse(status, decoded(answer));
    } catch (error) {
      if (error instanceof ApiError) return jsonResponse(error.code, error.toStatus());
      throw error;
    }
  }

  /** Asks again when the server has no room and says when to come back, as a client over the network does. */
  async #answer(sent: Sent): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#handle(this.#request(sent, neverAborted));
      } catch (error) {
        if (!(error instanceof OverloadError) || attempt === maxAttempts) throw error;
        await delay(error.retryAfterSeconds * 1000);
      }
    }
  }

  #request(sent: Sent & { readonly accept?: string | undefined }, signal: AbortSignal): ApiRequest {
    const mark = sent.path.indexOf('?');
    const path = mark < 0 ? sent.path : sent.path.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : sent.path.slice(mark + 1));
    return {
      info: readRequestInfo(sent.method, path, query),
      method: sent.method,
      query,
      user: this.#user,
      userAgent: this.#userAgent,
      accept: sent.accept ?? 'application/json',
      contentType: sent.contentType ?? 'application/json',
      body: sent.body === undefined ? { type: 'none' } : { type: 'value', value: sent.body },
      lifetime: { signal },
      warn: () => undefined,
    };
  }
}

/** @throws ApiError for a Status that says failure. */
function decoded(answer: Answer): unknown {
  switch (answer.type) {
    case 'entry':
      return servedObject(answer.served, answer.entry);
    case 'object':
      if (answer.status >= 400) throw statusError(answer.object, answer.status);
      return answer.object;
    case 'list':
      return listObject(answer.served, answer.list);
    default:
      throw new Error(`Cannot give an answer of the form "${answer.type}" to a caller in this process`);
  }
}

function listObject(served: Served, list: Extract<Answer, { type: 'list' }>['list']): ListOf<unknown> {
  const { resourceVersion, remainingItemCount, entries } = list;
  return {
    kind: `${served.type.kind}List`,
    apiVersion: served.type.apiVersion,
    metadata: {
      resourceVersion,
      ...(list.continue === undefined ? {} : { continue: list.continue }),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    },
    items: entries.map((entry) => servedObject(served, entry)),
  };
}

/** What the subscription delivers, until the signal aborts, the time is over, or the reader is too slow. */
async function* watchItems(subscription: WatchSubscription, signal: AbortSignal): AsyncIterable<WatchItem> {
  let queue: WatchItem[] = [];
  const state = { ended: false };
  let limit = Infinity; // whatever there is at the start is delivered
  let wake: () => void = () => undefined;
  const end = (): void => {
    state.ended = true;
    wake();
  };
  const push = (items: readonly WatchItem[]): void => {
    for (const item of items) queue.push(item);
    if (queue.length > limit) end();
    wake();
  };
  const bookmark = (): void => {
    if (subscription.bookmarks)
      push([{ type: 'BOOKMARK', revision: subscription.revision(), initialEventsEnd: false }]);
  };
  const timeout = setTimeout(end, subscription.timeoutMs).unref();
  const bookmarks = setInterval(bookmark, bookmarkEveryMs).unref();
  signal.addEventListener('abort', end, { once: true });
  const stop = subscription.start({ items: push, ended: end, readsObjects: true });
  limit = queue.length + maxQueuedEvents;
  try {
    while (!state.ended) {
      const items = queue;
      queue = [];
      for (const item of items) {
        if (signal.aborted) return;
        yield item;
      }
      if (queue.length === 0 && !state.ended) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    clearTimeout(timeout);
    clearInterval(bookmarks);
    signal.removeEventListener('abort', end);
  }
}

function watchEvent(served: Served, item: WatchItem): WatchEvent<unknown> {
  if (item.type !== 'BOOKMARK') return { type: item.type, object: servedObject(served, item.entry) };
  const annotations = item.initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const { kind, apiVersion } = served.type;
  const metadata = { resourceVersion: String(item.revision), ...annotations };
  return { type: 'BOOKMARK', object: { kind, apiVersion, metadata } };
}

type RawAnswer = Extract<Answer, { type: 'raw' }>;

/** What another server answered: an object, or text. @throws ApiError */
async function decodedRaw(answer: RawAnswer): Promise<unknown> {
  const { status, body } = await rawResponse(answer);
  const text = Buffer.from(body).toString('utf8');
  const value = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : text;
  if (status < 400) return value;
  throw statusError(value, status);
}

/** A watch that another server answers: an event a line. */
async function* rawWatch(answer: RawAnswer, signal: AbortSignal): AsyncIterable<WatchEvent<unknown>> {
  if (answer.status >= 400 || typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    await decodedRaw(answer);
    return;
  }
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of answer.body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (signal.aborted) return;
      if (line !== '') yield JSON.parse(line) as WatchEvent<unknown>;
    }
  }
}

async function rawResponse({ status, headers, body }: RawAnswer): Promise<RawResponse> {
  if (typeof body === 'string' || body instanceof Uint8Array) return { status, headers, body: Buffer.from(body) };
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return { status, headers, body: Buffer.concat(pieces) };
}

function jsonResponse(status: number, value: unknown): RawResponse {
  const body = Buffer.from(JSON.stringify(value as Json | JsonObject));
  return { status, headers: { 'content-type': 'application/json' }, body };
}
