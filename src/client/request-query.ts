/** Options of the client's verbs as the query of a URL. */
import type { ListOptions, PatchOptions, WatchOptions, WriteOptions } from './client.ts';

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** With its `?`, or '' when nothing was asked for. */
export function queryText(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

export function listParameters(options: ListOptions): Parameters {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options;
  return { labelSelector, fieldSelector, limit, continue: options.continue, resourceVersion, resourceVersionMatch };
}

export function watchParameters(options: WatchOptions): Parameters {
  const { allowWatchBookmarks, sendInitialEvents, timeoutSeconds } = options;
  return { ...listParameters(options), watch: true, allowWatchBookmarks, sendInitialEvents, timeoutSeconds };
}

export function writeParameters(options: WriteOptions | PatchOptions): Parameters {
  const { dryRun, fieldManager, fieldValidation } = options;
  return { dryRun: dryRun === true ? 'All' : undefined, fieldManager, fieldValidation };
}
