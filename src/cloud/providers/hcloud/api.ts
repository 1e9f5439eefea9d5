/**
 * A client of the Hetzner Cloud API v1 (https://docs.hetzner.cloud): JSON over HTTPS with a bearer token.
 *
 * - Lists come in pages of 50; `list` follows meta.pagination.next_page.
 * - A change answers with an action that runs on; `change` waits until it has ended.
 * - A project has 3600 requests an hour. An answer of 429 says when there are some again (RateLimit-Reset), and all requests
 *   wait until then. What is busy with another action answers 423 or 409; that, gateways in between and lost connections are
 *   tried again a few times. Everything else is the caller's.
 */
import { sleep, type Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { backoffDelay, type Backoff } from '../../../base/backoff.ts';
import type { Action } from './resources.ts';

export interface HcloudApiOptions {
  /** `https://api.hetzner.cloud/v1` */
  readonly endpoint: string;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What the API answers instead of what was asked for; `code` is one of its own, such as not_found. */
export class HcloudError extends Error {
  override readonly name = 'HcloudError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${message} (${code})`);
    this.status = status;
    this.code = code;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Milliseconds since 1970; 0 = not said. */
  readonly resetMs: number;
}

const pageSize = 50;
/** Lists longer than this are a mistake of one side. */
const pagesMax = 200;
const attemptsMax = 6;
const retryBackoff: Backoff = { baseMs: 500, maxMs: 15_000, jitter: 0.5 };
/** The bucket refills by one request a second; waiting longer than this is left to the queue of the controller. */
const longestWaitMs = 30_000;
const pollBackoff: Backoff = { baseMs: 300, maxMs: 5000, factor: 1.5, jitter: 0.1 };
/** Of an action; creating a load balancer takes seconds. */
const pollsMax = 60;
const requestTimeoutMs = 30_000;
const longestErrorText = 300;

const passingCodes = new Set(['locked', 'conflict', 'unavailable']);

export class HcloudApi {
  readonly #options: HcloudApiOptions;
  /** No request before this time. */
  #openAtMs = 0;

  constructor(options: HcloudApiOptions) {
    this.#options = options;
  }

  /** Undefined when there is no such thing. */
  async find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return (await this.#ask('GET', path, undefined, signal)) as T;
    } catch (error) {
      if (error instanceof HcloudError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All items of a list, page by page. `field`: what holds the items. */
  async list<T>(path: string, field: string, signal: AbortSignal): Promise<readonly T[]> {
    const items: T[] = [];
    let page: number | undefined = 1;
    for (let count = 0; page !== undefined && count < pagesMax; count++) {
      const query: string = `${path.includes('?') ? '&' : '?'}page=${page}&per_page=${pageSize}`;
      const answer = (await this.#ask('GET', path + query, undefined, signal)) as Page;
      items.push(...((answer[field] ?? []) as readonly T[]));
      page = answer.meta?.pagination?.next_page ?? undefined;
    }
    return items;
  }

  /** Makes a change and waits until its action has ended. Answers what came back first. */
  async change<T>(method: Method, path: string, body: object | undefined, signal: AbortSignal): Promise<T> {
    const answer = (await this.#ask(method, path, body, signal)) as T & { readonly action?: Action };
    if (answer?.action !== undefined) await this.#finish(answer.action, signal);
    return answer;
  }

  async #finish(started: Action, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    let action = started;
    for (let poll = 1; action.status === 'running'; poll++) {
      if (poll > pollsMax) throw new Error(`the action ${action.command} has not ended yet`);
      await sleep(clock, backoffDelay(pollBackoff, poll, random), signal);
      signal.throwIfAborted();
      action = ((await this.#ask('GET', `/actions/${action.id}`, undefined, signal)) as { action: Action }).action;
    }
    if (action.status === 'success') return;
    const { code, message } = action.error ?? { code: 'unknown', message: `the action ${action.command} failed` };
    throw new HcloudError(200, code, message);
  }

  async #ask(method: Method, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    const { clock, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      await this.#untilOpen(signal);
      const reply = await this.#send(method, path, body, signal).catch((error: unknown) => {
        // A request that changes something may have been carried out: the reconciler looks again.
        if (signal.aborted || method !== 'GET' || attempt === attemptsMax) throw error;
        return undefined;
      });
      if (reply !== undefined) {
        if (reply.status < 300) return reply.body;
        const error = errorOf(reply);
        if (attempt === attemptsMax || !mayPass(error, method)) throw error;
        if (reply.status === 429) this.#openAtMs = Math.max(this.#openAtMs, reply.resetMs);
      }
      await sleep(clock, backoffDelay(retryBackoff, attempt, random), signal);
      signal.throwIfAborted();
    }
  }

  async #untilOpen(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const waitMs = this.#openAtMs - clock.now();
    if (waitMs <= 0) return;
    await sleep(clock, Math.min(waitMs, longestWaitMs), signal);
    signal.throwIfAborted();
  }

  async #send(method: Method, path: string, body: object | undefined, signal: AbortSignal): Promise<Reply> {
    const { endpoint, token } = this.#options;
    const response = await fetch(endpoint + path, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        'user-agent': 'slipway',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    const text = await response.text();
    const resetMs = Number(response.headers.get('ratelimit-reset') ?? 0) * 1000;
    return { status: response.status, body: parsed(text), resetMs };
  }
}

interface Page {
  readonly meta?: { readonly pagination?: { readonly next_page?: number | null } };
  readonly [field: string]: unknown;
}

function errorOf({ status, body }: Reply): HcloudError {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | undefined)?.error;
  const message = typeof error?.message === 'string' ? error.message : `the API answers ${status}`;
  return new HcloudError(status, String(error?.code ?? status), message.slice(0, longestErrorText));
}

/** A gateway's answer does not say whether a change was made. */
function mayPass({ status, code }: HcloudError, method: Method): boolean {
  return status === 429 || passingCodes.has(code) || (method === 'GET' && status >= 502);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
