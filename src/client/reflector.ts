/**
 * Keeps a copy equal to what the server holds:
 *
 *        ┌── version expired ──────────────────┐
 *        ▼                                     │
 *   everything (streamed, or listed) ──▶ watch from there ──▶ lost or ended: watch again from the last version
 *
 * Everything comes as a watch that begins with the objects there are (WatchList, KEP-3157); a server that refuses this
 * is listed instead. The last version seen is the place where the next watch goes on, so no change is lost or repeated.
 * Failures are followed by growing waits with jitter; a watch that served its time, or brought anything, is none.
 */
import { isApiError, type ApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';
import { backoffDelay, type Backoff } from '../base/backoff.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { errorText, type Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Client, WatchEvent } from './client.ts';
import { objectKey, type InformerSelection } from './informer.ts';
import { statusError } from './status-error.ts';

/** What follows the server. Called in the order of the versions. */
export interface Copy<T> {
  replace(objects: readonly T[], resourceVersion: string): void;
  set(object: T): void;
  remove(object: T): void;
  /** With the next `set` or `remove`, if any, everything up to this version has been told. */
  advance(resourceVersion: string): void;
}

export interface ReflectorOptions<T> {
  readonly client: Client;
  readonly resource: Resource<T>;
  readonly selection: InformerSelection;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const backoff: Backoff = { baseMs: 100, maxMs: 30_000, jitter: 1 };
const initialEventsEnd = 'k8s.io/initial-events-end';
/** A watch that lasted this long was served, even when nothing happened. */
const shortWatchMs = 1000;
const bookmarkWarningMs = 10_000;

/** Runs until the signal aborts. Never rejects. */
export async function reflect<T extends KubeObject>(options: ReflectorOptions<T>, copy: Copy<T>): Promise<void> {
  const reflector = new Reflector(options, copy);
  let failures = 0;
  while (!options.signal.aborted) {
    const mayGoOn = await reflector.follow();
    if (mayGoOn || reflector.progress) failures = 0;
    if (mayGoOn) continue;
    failures++;
    const waitMs = Math.max(backoffDelay(backoff, failures, options.random), reflector.retryAfterMs);
    await sleep(options.clock, waitMs, options.signal);
  }
}

class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #copy: Copy<T>;
  /** Where the next watch goes on; undefined: everything is needed. */
  #version: string | undefined;
  #canStream = true;
  /** Something came in since `follow` began. */
  progress = false;
  /** Nothing has come in since a failure was logged. */
  #troubled = false;
  /** What the server asked for with its last refusal. */
  retryAfterMs = 0;

  constructor(options: ReflectorOptions<T>, copy: Copy<T>) {
    this.#options = options;
    this.#copy = copy;
  }

  /** One attempt: ends with the watch. Answers whether the next may follow at once. */
  async follow(): Promise<boolean> {
    const { clock, signal } = this.#options;
    const startMs = clock.now();
    this.progress = false;
    this.retryAfterMs = 0;
    try {
      if (this.#version === undefined && this.#canStream) {
        await this.#streamEverything();
      } else {
        if (this.#version === undefined) await this.#listEverything();
        await this.#watch();
      }
      return this.progress || clock.now() - startMs >= shortWatchMs;
    } catch (error) {
      if (signal.aborted) return true;
      return this.#recover(error);
    }
  }

  /** Decides how to go on after a failure; answers whether at once. */
  #recover(error: unknown): boolean {
    const { log } = this.#options;
    const streaming = this.#version === undefined && this.#canStream;
    if (streaming && refusesStreaming(error)) {
      log.debug('Lists, as the server does not stream initial events', { error: errorText(error) });
      this.#canStream = false;
      return true;
    }
    if (isApiError(error)) this.retryAfterMs = (error.details?.retryAfterSeconds ?? 0) * 1000;
    if (isApiError(error) && isVersionUnavailable(error)) {
      log.debug('Starts over: the version is no longer served', { version: this.#version, error: error.message });
      this.#version = undefined;
      return this.progress;
    }
    // A server that is away for long is worth one line, not one for each attempt.
    const level = this.#troubled && !this.progress ? 'debug' : 'warn';
    log[level]('Cannot follow the resource, trying again', { error: errorText(error) });
    this.#troubled = true;
    return false;
  }

  async #listEverything(): Promise<void> {
    const { client, resource, selection, signal } = this.#options;
    const objects: T[] = [];
    let next: string | undefined;
    let version = '';
    do {
      const list = await client.list(resource, { ...selection, continue: next });
      for (const object of list.items) objects.push(object);
      version = list.metadata.resourceVersion ?? '';
      next = list.metadata.continue === '' ? undefined : list.metadata.continue;
    } while (next !== undefined && !signal.aborted);
    if (!signal.aborted) this.#replace(objects, version);
  }

  /** A watch that begins with all objects, told together once the bookmark says that they are complete. */
  async #streamEverything(): Promise<void> {
    const staged = new Map<string, T>();
    let complete = false;
    const cancelWarning = this.#options.clock.after(bookmarkWarningMs, () =>
      this.#options.log.warn('Still waits for the end of the initial events'),
    );
    try {
      for await (const event of this.#open({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' })) {
        if (event.type === 'ERROR') throw statusError(event.object, 500);
        if (complete) {
          this.#take(event);
        } else if (event.type !== 'BOOKMARK') {
          if (event.type === 'DELETED') staged.delete(objectKey(event.object));
          else staged.set(objectKey(event.object), event.object);
        } else if (event.object.metadata.annotations?.[initialEventsEnd] === 'true') {
          cancelWarning();
          complete = true;
          this.#replace([...staged.values()], event.object.metadata.resourceVersion);
          staged.clear();
        }
      }
    } finally {
      cancelWarning();
    }
  }

  async #watch(): Promise<void> {
    for await (const event of this.#open({ resourceVersion: this.#version })) {
      if (event.type === 'ERROR') throw statusError(event.object, 500);
      this.#take(event);
    }
  }

  #open(request: {
    readonly sendInitialEvents?: true;
    readonly resourceVersionMatch?: 'NotOlderThan';
    readonly resourceVersion?: string | undefined;
  }): AsyncIterable<WatchEvent<T>> {
    const { client, resource, selection, random, signal } = this.#options;
    // Watches end after five to ten minutes, not all at the same moment: connections spread over servers again.
    const timeoutSeconds = Math.floor(300 * (1 + random.next()));
    return client.watch(resource, { ...selection, ...request, allowWatchBookmarks: true, timeoutSeconds, signal });
  }

  #take(event: Exclude<WatchEvent<T>, { readonly type: 'ERROR' }>): void {
    const { object } = event;
    this.#version = object.metadata.resourceVersion;
    this.#noteProgress();
    this.#copy.advance(this.#version);
    if (event.type === 'DELETED') this.#copy.remove(object);
    else if (event.type !== 'BOOKMARK') this.#copy.set(object);
  }

  #noteProgress(): void {
    this.progress = true;
    if (this.#troubled) this.#options.log.info('Follows the resource again');
    this.#troubled = false;
  }

  #replace(objects: readonly T[], version: string): void {
    this.#version = version;
    this.#noteProgress();
    this.#copy.replace(objects, version);
  }
}

/** A server older than WatchList, or one that does not offer it for this resource, finds the request invalid. */
function refusesStreaming(error: unknown): boolean {
  return isApiError(error, 'Invalid', 'BadRequest', 'MethodNotAllowed', 'NotAcceptable', 'UnsupportedMediaType');
}

/** Compacted away, or from a future that this server (restored, or behind) does not know. */
function isVersionUnavailable(error: ApiError): boolean {
  const tooLarge = error.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false;
  return error.code === 410 || tooLarge;
}
