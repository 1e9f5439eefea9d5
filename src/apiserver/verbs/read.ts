/** GET of one object, of a list by pages, and watches. */
import { ApiError } from '../../api/api-error.ts';
import { prefixEnd, StoreError } from '../../store/store.ts';
import type { Api } from '../api.ts';
import { Entry } from '../registry/entry.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest, ListAnswer } from '../request.ts';
import type { WatchStart } from '../registry/cache.ts';
import { isTrue } from '../request-info.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { readSelection, type Selection } from './selection.ts';
import { currentEntry } from './target.ts';

export function getObject(api: Api, served: Served, request: ApiRequest): Answer {
  checkFuture(api, readVersion(request));
  return { type: 'entry', status: 200, served, entry: currentEntry(served, request) };
}

export async function listObjects(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const selection = readSelection(served, request);
  const page = readPage(request);
  const list =
    page.exactRevision === undefined ? listNow(api, served, selection, page) : await listAt(api, selection, page);
  return { type: 'list', served, list };
}

interface Page {
  readonly limit: number | undefined;
  /** Key after which the page begins. */
  readonly after: string;
  /** The list is wanted as of this revision, not as of now. */
  readonly exactRevision: number | undefined;
}

function readPage(request: ApiRequest): Page {
  const { query } = request;
  const version = readVersion(request);
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  checkMatch(query, version, match, token);
  const limit = Number(query.get('limit') ?? 0) || undefined;
  if (token !== '') {
    const { revision, startKey } = decodeContinue(token);
    return { limit, after: startKey, exactRevision: revision < 0 ? undefined : revision };
  }
  return { limit, after: '', exactRevision: match === 'Exact' ? version : undefined };
}

function checkMatch(query: URLSearchParams, version: number | undefined, match: string, token: string): void {
  const refuse = (field: string, type: 'Forbidden' | 'Unsupported', detail: string): never => {
    throw listOptionsError(field, type, detail);
  };
  if (query.has('sendInitialEvents')) {
    refuse('sendInitialEvents', 'Forbidden', 'sendInitialEvents is forbidden for list');
  }
  if (match === '') {
    if (token !== '' && version !== undefined && version !== 0) {
      throw new ApiError('BadRequest', 'specifying resource version is not allowed when using continue');
    }
    return;
  }
  if (token !== '')
    refuse('resourceVersionMatch', 'Forbidden', 'resourceVersionMatch is forbidden when continue is provided');
  if (!query.get('resourceVersion')) {
    refuse('resourceVersionMatch', 'Forbidden', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    refuse(
      'resourceVersionMatch',
      'Unsupported',
      `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    );
  }
  if (match === 'Exact' && version === 0) {
    refuse('resourceVersionMatch', 'Forbidden', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

function listOptionsError(field: string, type: 'Forbidden' | 'Unsupported', detail: string): ApiError {
  const message = type === 'Forbidden' ? `Forbidden: ${detail}` : detail;
  return new ApiError('Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [{ reason: type === 'Forbidden' ? 'FieldValueForbidden' : 'FieldValueNotSupported', message, field }],
  });
}

function listNow(api: Api, served: Served, selection: Selection, page: Page): ListAnswer {
  const entries = selection.scope.endsWith('/')
    ? served.cache.list(selection.scope, page.after)
    : [served.cache.get(selection.scope)].filter((entry) => entry !== undefined);
  return cut(entries.filter(selection.matches), selection, page, api.store.revision, undefined);
}

async function listAt(api: Api, selection: Selection, page: Page): Promise<ListAnswer> {
  const revision = page.exactRevision as number;
  checkFuture(api, revision);
  try {
    const from = page.after > selection.scope ? `${page.after}\0` : selection.scope;
    const range = await api.store.range(from, { end: prefixEnd(selection.scope), revision });
    const entries = range.entries.map(({ key, modRevision, value }) => new Entry(key, modRevision, value));
    return cut(entries.filter(selection.matches), selection, page, revision, revision);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'compacted') throw error;
    throw expiredContinue(api, selection, page);
  }
}

function cut(
  found: readonly Entry[],
  selection: Selection,
  page: Page,
  revision: number,
  tokenRevision: number | undefined,
): ListAnswer {
  const resourceVersion = String(revision);
  if (page.limit === undefined || found.length <= page.limit) return { entries: found, resourceVersion };
  const entries = found.slice(0, page.limit);
  const last = (entries[entries.length - 1] as Entry).key;
  const remaining = selection.all ? { remainingItemCount: found.length - entries.length } : {};
  return { entries, resourceVersion, continue: encodeContinue(tokenRevision ?? revision, last), ...remaining };
}

function expiredContinue(api: Api, _selection: Selection, page: Page): ApiError {
  const inconsistent = encodeContinue(-1, page.after);
  const error = new ApiError(
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
  );
  return page.after === ''
    ? tooOld(page.exactRevision ?? 0, api.store.compactRevision)
    : Object.assign(error, { continueToken: inconsistent });
}

export function watchObjects(api: Api, served: Served, request: ApiRequest): Answer {
  const selection = readSelection(served, request);
  const { query } = request;
  const version = readVersion(request);
  const initial = query.get('sendInitialEvents');
  checkWatch(query, initial);
  checkFuture(api, version);
  const sendInitial = initial === null ? version === undefined || version === 0 : isTrue(initial);
  const sinceRevision = sendInitial ? undefined : version === undefined || version === 0 ? api.store.revision : version;
  if (sinceRevision !== undefined && sinceRevision < served.cache.oldestRevision) {
    throw tooOld(sinceRevision, served.cache.oldestRevision);
  }
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const start: WatchStart = {
    scope: selection.scope,
    matches: selection.matches,
    sinceRevision,
    bookmarkInitial: sendInitial && bookmarks && initial !== null,
  };
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0) || 1800 + Math.floor(api.random.next() * 1800);
  return {
    type: 'watch',
    served,
    subscription: {
      start: (receiver) => served.cache.watch(start, receiver),
      revision: () => api.store.revision,
      bookmarks,
      timeoutMs: timeoutSeconds * 1000,
    },
  };
}

function checkWatch(query: URLSearchParams, initial: string | null): void {
  const match = query.get('resourceVersionMatch') ?? '';
  if (initial === null) {
    if (match !== '') {
      throw listOptionsError(
        'resourceVersionMatch',
        'Forbidden',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      );
    }
    return;
  }
  if (match !== 'NotOlderThan') {
    const detail = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw listOptionsError('resourceVersionMatch', 'Forbidden', detail);
  }
}

function readVersion(request: ApiRequest): number | undefined {
  const text = request.query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw new ApiError(
      'Invalid',
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

function checkFuture(api: Api, version: number | undefined): void {
  if (version === undefined || version <= api.store.revision) return;
  throw new ApiError('Timeout', `Too large resource version: ${version}, current: ${api.store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

function tooOld(asked: number, oldest: number): ApiError {
  return new ApiError('Expired', `too old resource version: ${asked} (${oldest})`);
}
