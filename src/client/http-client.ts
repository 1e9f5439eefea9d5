/**
 * The client over HTTPS: each verb (verbs.ts) is one request, with JSON both ways.
 *
 * A server that asks to come back later (429 or 503 with Retry-After) is asked again a few times where repeating does
 * no harm; a rejected token is renewed once. Everything else that the server refuses is thrown as the ApiError it was,
 * and a server that cannot be reached as a plain Error with its cause.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ListOf } from '../api/kind.ts';
import type { AnyResource } from '../api/resource.ts';
import type { Json } from '../api/schema.ts';
import type { Clock } from '../base/clock.ts';
import type { Client, RawRequest, RawResponse, WatchEvent, WatchOptions } from './client.ts';
import { createTransport } from './create-transport.ts';
import { tokenCredential, tokenFileCredential, type Credential } from './credential.ts';
import { LineSplitter } from './line-splitter.ts';
import { statusError } from './status-error.ts';
import type { TlsOptions, Transport, TransportResponse } from './transport.ts';
import { createVerbs, type Exchange, type Sent } from './verbs.ts';

export interface HttpClientOptions {
  /** Such as https://127.0.0.1:6443; a path in it goes before every request's own. */
  readonly server: string;
  readonly clock: Clock;
  readonly tls?: TlsOptions | undefined;
  readonly token?: string | undefined;
  /** Read again as it changes. */
  readonly tokenFile?: string | undefined;
  /** Wins over token and tokenFile. */
  readonly credential?: Credential | undefined;
  readonly impersonate?: Impersonation | undefined;
  /** Its part before the slash names the field manager; default: slipway. */
  readonly userAgent?: string | undefined;
  /** For every request but watches and those with a signal of their own; default: 60 s. */
  readonly timeoutMs?: number | undefined;
}

export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
}

export interface HttpClient extends Client {
  /** Drops the connections; requests under way fail. Idle connections do not keep the process alive. */
  close(): void;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const exchange = new HttpsExchange(options);
  const verbs = createVerbs(exchange);
  return Object.assign(verbs, { close: () => exchange.close() });
}

interface Outgoing extends Sent {
  readonly accept?: string | undefined;
  readonly signal: AbortSignal;
}

const maxAttempts = 5;
const maxRetryAfterMs = 30_000;
/** How long after its own end a watch is given up. */
const watchGraceMs = 30_000;

class HttpsExchange implements Exchange {
  readonly #server: string;
  readonly #prefix: string;
  readonly #transport: Transport;
  readonly #credential: Credential | undefined;
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;
  readonly #timeoutMs: number;

  constructor(options: HttpClientOptions) {
    const { clock, token, tokenFile, impersonate } = options;
    const url = new URL(options.server);
    this.#server = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, '');
    this.#transport = createTransport(url, options.tls ?? {}, clock);
    this.#credential =
      options.credential ??
      (tokenFile !== undefined ? tokenFileCredential(tokenFile, clock) : undefined) ??
      (token !== undefined ? tokenCredential(token) : undefined);
    this.#headers = {
      'user-agent': options.userAgent ?? 'slipway',
      ...(impersonate === undefined ? {} : impersonationHeaders(impersonate)),
    };
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  async askList(sent: Sent, resource: AnyResource): Promise<ListOf<unknown>> {
    const answer = (await this.ask(sent)) as ListOf<object> & { readonly items: readonly object[] | null };
    // Kubernetes leaves the kind out of the items of a list; readers of an object expect it.
    const { apiVersion, kind } = resource.kind;
    return { ...answer, items: (answer.items ?? []).map((item) => ({ apiVersion, kind, ...item })) };
  }

  async *watch(path: string, options: WatchOptions): AsyncIterable<WatchEvent<unknown>> {
    const limitMs = options.timeoutSeconds === undefined ? undefined : options.timeoutSeconds * 1000 + watchGraceMs;
    const limit = limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)];
    const signal = AbortSignal.any([options.signal, ...limit]);
    try {
      const response = await this.#send({ method: 'GET', path, signal });
      if (response.status !== 200) throw statusError(await readJson(response), response.status);
      for await (const line of readLines(response)) {
        const event = JSON.parse(line) as WatchEvent<unknown>;
        yield event;
        if (event.type === 'ERROR') return;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async request(request: RawRequest): Promise<RawResponse> {
    const signal = request.signal ?? AbortSignal.timeout(this.#timeoutMs);
    const { status, headers, body } = await this.#send({ ...request, signal });
    return { status, headers, body: await readAll(body) };
  }

  close(): void {
    this.#transport.close();
  }

  async ask(sent: Sent): Promise<unknown> {
    const response = await this.#send({ ...sent, signal: AbortSignal.timeout(this.#timeoutMs) });
    const answer = await readJson(response);
    if (response.status < 200 || response.status > 299) throw statusError(answer, response.status);
    return answer;
  }

  /** Answers whatever the status, after trying again where the server asks for it. */
  async #send(sent: Outgoing): Promise<TransportResponse> {
    let rejected = false;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#sendOnce(sent, rejected);
      const waitMs = retryAfterMs(sent.method, response);
      const renew: boolean = response.status === 401 && !rejected && this.#credential !== undefined;
      if (attempt === maxAttempts || (waitMs === undefined && !renew)) return response;
      rejected = renew;
      response.body.destroy();
      // A timer of Node, not of the clock: the process must stay while a caller waits.
      if (waitMs !== undefined) await wait(waitMs, undefined, { signal: sent.signal });
    }
  }

  async #sendOnce(sent: Outgoing, rejected: boolean): Promise<TransportResponse> {
    const { method, path, body, contentType = 'application/json', accept = 'application/json', signal } = sent;
    const authorization = await this.#credential?.authorization(rejected);
    try {
      return await this.#transport.send({
        method,
        path: this.#prefix + path,
        headers: {
          ...this.#headers,
          accept,
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
      });
    } catch (error) {
      const where = path.replace(/\?.*/s, '');
      throw new Error(`Cannot ask the API server at "${this.#server}" to ${method} "${where}"`, { cause: error });
    }
  }
}

function impersonationHeaders({ user, groups, uid }: Impersonation): Record<string, string | readonly string[]> {
  return {
    'impersonate-user': user,
    ...(groups === undefined || groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
  };
}

/** How long the server wants this request to wait before it comes again; undefined: it does not come again. */
function retryAfterMs(method: string, response: TransportResponse): number | undefined {
  // What was refused for want of room was not begun; what is unavailable may have been.
  const repeatable = method === 'GET' || method === 'PUT' || method === 'DELETE';
  if (response.status !== 429 && !(response.status === 503 && repeatable)) return undefined;
  const text = response.headers['retry-after'];
  const seconds = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined;
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The decoded body, or its text when it is no JSON. */
async function readJson(response: TransportResponse): Promise<Json> {
  const text = (await readAll(response.body)).toString('utf8');
  if (!(response.headers['content-type'] ?? '').includes('json')) return text;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`Cannot read the answer of ${text.length} bytes: it is no whole JSON`, { cause: error });
  }
}

/** Whole lines alone: what a lost connection cut off comes again with the next watch. */
async function* readLines(response: TransportResponse): AsyncIterable<string> {
  const splitter = new LineSplitter();
  for await (const piece of response.body) {
    for (const line of splitter.push(piece as Uint8Array)) if (line !== '') yield line;
  }
}
