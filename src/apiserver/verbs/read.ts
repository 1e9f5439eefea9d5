/** GET of one object, of a list by pages, and watches. */
import { ApiError } from '../../api/api-error.ts';
import { prefixEnd, StoreError } from '../../store/store.ts';
import type { Api } from '../api.ts';
import { convertedWatch } from '../registry/converted-watch.ts';
import { Entry } from '../registry/entry.ts';
import { corruptListError, whyUnreadable } from '../registry/unreadable.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest, ListAnswer } from '../request.ts';
import type { ResourceCache, WatchStart } from '../registry/cache.ts';
import type { WatchReceiver, WatchSubscription } from '../registry/watch.ts';
import { decodeContinue, encodeContinue, ExpiredContinueError } from './continue-token.ts';
import { readListOptions, readVersion, type ListOptions } from './list-options.ts';
import { readSelection, type Selection } from './selection.ts';
import { currentEntry } from './target.ts';

export function getObject(api: Api, served: Served, request: ApiRequest): Answer {
  checkFuture(api, readVersion(request.query));
  return { type: 'entry', status: 200, served, entry: currentEntry(served, request) };
}

export async function listObjects(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  return { type: 'list', served, list: await listEntries(api, served, request) };
}

/** What a list with the request's parameters answers. */
export async function listEntries(api: Api, served: Served, request: ApiRequest): Promise<ListAnswer> {
  const options = readListOptions(request);
  const selection = readSelection(served, request);
  const page = readPage(options, selection);
  checkFuture(api, options.resourceVersion);
  if (selection.ownFields) await served.conversion?.prepare?.(served.cache.list(selection.scope));
  return page.exactRevision === undefined
    ? listNow(api, served, selection, page)
    : { ...(await listAt(api, served, selection, page)), fromStore: true };
}

interface Page {
  readonly limit: number | undefined;
  /** Key at which the page begins. */
  readonly from: string;
  /** It is not the first one. */
  readonly continues: boolean;
  /** The list is wanted as of this revision, not as of now. */
  readonly exactRevision: number | undefined;
}

function readPage(options: ListOptions, { scope }: Selection): Page {
  const { limit, match, resourceVersion, continue: token } = options;
  // A single object has no pages.
  if (token === '' || !scope.endsWith('/')) {
    // Whatever the cache has is wanted, and it has everything at hand.
    const fromCache = resourceVersion === 0 && match === '';
    return {
      limit: fromCache ? undefined : limit,
      from: scope,
      continues: false,
      exactRevision: match === 'Exact' ? resourceVersion : undefined,
    };
  }
  const { revision, from } = decodeContinue(token, scope);
  if (resourceVersion !== undefined && resourceVersion !== 0) {
    throw new ApiError('BadRequest', 'specifying resource version is not allowed when using continue');
  }
  return { limit, from, continues: true, exactRevision: revision < 0 ? undefined : revision };
}

function listNow(api: Api, served: Served, selection: Selection, page: Page): ListAnswer {
  checkReadable(served, served.cache.unreadableIn(selection.scope));
  return cut(candidates(served.cache, selection, page), selection, page, api.store.revision);
}

/** Entries among which those that are wanted are. A page says by what is left of them whether it is the last. */
function candidates(cache: ResourceCache, { scope, label }: Selection, { from, limit }: Page): readonly Entry[] {
  if (!scope.endsWith('/')) return [cache.get(scope)].filter((entry) => entry !== undefined);
  if (label === undefined || limit !== undefined) return cache.list(scope, from);
  return cache.listLabelled(label, scope, from);
}

async function listAt(api: Api, served: Served, selection: Selection, page: Page): Promise<ListAnswer> {
  const revision = page.exactRevision as number;
  checkFuture(api, revision);
  try {
    const range = await api.store.range(page.from, { end: prefixEnd(selection.scope), revision });
    const unreadable = range.entries.flatMap(({ key, value }) => {
      const reason = whyUnreadable(value);
      return reason === undefined ? [] : [{ key, reason }];
    });
    checkReadable(served, unreadable);
    const entries = range.entries.map(({ key, modRevision, value }) => new Entry(key, modRevision, value));
    return cut(entries, selection, page, revision);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'compacted') throw error;
    throw page.continues ? new ExpiredContinueError(page.from, selection.scope) : new ApiError('Expired', listTooOld);
  }
}

/** A page ends with its last match; whether another match follows is only known when it is asked for. */
function cut(entries: readonly Entry[], selection: Selection, page: Page, revision: number): ListAnswer {
  const resourceVersion = String(revision);
  if (selection.all && (page.limit ?? Infinity) >= entries.length) {
    return { entries, resourceVersion, looked: entries.length };
  }
  const found: Entry[] = [];
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as Entry;
    if (!selection.matches(entry)) continue;
    found.push(entry);
    const left = entries.length - index - 1;
    if (found.length !== page.limit || left === 0) continue;
    const remaining = selection.all ? { remainingItemCount: left } : {};
    const looked = index + 1;
    const next = encodeContinue(revision, `${entry.key}\0`, selection.scope);
    return { entries: found, resourceVersion, looked, continue: next, ...remaining };
  }
  return { entries: found, resourceVersion, looked: entries.length };
}

const listTooOld = 'The resourceVersion for the provided list is too old.';

export function watchObjects(api: Api, served: Served, request: ApiRequest): Answer {
  const options = readListOptions(request);
  const selection = readSelection(served, request);
  const { resourceVersion: version, sendInitialEvents: initial, bookmarks } = options;
  const sendInitial = initial ?? (version === undefined || version === 0);
  const sinceRevision = sendInitial ? undefined : version === undefined || version === 0 ? api.store.revision : version;
  if (sinceRevision !== undefined && sinceRevision < served.cache.oldestRevision) {
    // Clients are told within the stream, as they are when it happens later.
    return { type: 'refused-watch', served, error: tooOld(sinceRevision, served.cache.oldestRevision) };
  }
  if (sendInitial) checkReadable(served, served.cache.unreadableIn(selection.scope));
  const start: WatchStart = {
    scope: selection.scope,
    matches: selection.matches,
    sinceRevision,
    bookmarkInitial: sendInitial && bookmarks,
  };
  const timeoutSeconds = options.timeoutSeconds || jitteredSeconds(api);
  return {
    type: 'watch',
    served,
    subscription: {
      ...startOf(api, served, start),
      bookmarks,
      timeoutMs: timeoutSeconds * 1000,
    },
  };
}

/** Watches do not all end at once. */
function jitteredSeconds({ minRequestTimeoutSeconds: least, random }: Api): number {
  return least + Math.floor(random.next() * least);
}

type Start = Pick<WatchSubscription, 'start' | 'revision'>;

function startOf({ store }: Api, { cache, conversion }: Served, start: WatchStart): Start {
  const watch = (receiver: WatchReceiver) => cache.watch(start, receiver);
  const revision = () => store.revision;
  const prepare = conversion?.prepare;
  return prepare === undefined ? { start: watch, revision } : convertedWatch({ start: watch, revision }, prepare);
}

/** @throws ApiError StorageReadError */
function checkReadable({ resource }: Served, unreadable: Parameters<typeof corruptListError>[1]): void {
  if (unreadable.length > 0) throw corruptListError(resource, unreadable);
}

function checkFuture(api: Api, version: number | undefined): void {
  if (version === undefined || version <= api.store.revision) return;
  throw new ApiError('Timeout', `Too large resource version: ${BigInt(version)}, current: ${api.store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

function tooOld(asked: number, oldest: number): ApiError {
  return new ApiError('Expired', `too old resource version: ${asked} (${oldest})`);
}
