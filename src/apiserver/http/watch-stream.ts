/**
 * A watch on the wire: one event after the other. A watcher that does not read is dropped, connection and all, when objects
 * of `maxQueuedBytes` beyond its initial state wait for it; it lists again. Others never wait for it.
 */
import type { ApiError } from '../../api/api-error.ts';
import { zeroOf } from '../../api/codec/decode.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Bookmark, WatchItem, WatchSubscription } from '../registry/watch.ts';
import { servedObject, showEntry, type Served } from '../registry/served.ts';
import { readInclude } from './render.ts';
import { watchFrames } from './watch-frames.ts';
import { WatchQueue, type Frames, type WatchOutput } from './watch-queue.ts';
import { protobufType, type Negotiated } from './negotiate.ts';
import { protobufFrame, protobufFrames } from './protobuf-frames.ts';
import { makeTable, partialMetadata, tableShown } from './table.ts';

const maxQueuedBytes = 64 * 1024 * 1024;
const bookmarkEveryMs = 60_000;

export interface WatchStreamOptions {
  readonly served: Served;
  readonly subscription: WatchSubscription;
  readonly negotiated: Negotiated;
  readonly query: URLSearchParams;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Called when all that there was at the beginning is on its way. */
  readonly begun?: () => void;
}

/** Runs until the client goes, the time is over, or the watcher is too slow. */
export function streamWatch(output: WatchOutput, options: WatchStreamOptions): Promise<void> {
  const { subscription, signal } = options;
  const frames = makeFrames(options);
  const queue = new WatchQueue(output, frames);
  return new Promise((resolve) => {
    let stop: (() => void) | undefined;
    let limit = Infinity; // whatever there is at the start is delivered
    const over = (close: () => void): void => {
      stop?.();
      clearTimeout(timeout);
      clearInterval(bookmarks);
      signal.removeEventListener('abort', finish);
      queue.clear();
      close();
      resolve();
    };
    const finish = (): void => {
      queue.flush();
      over(() => output.end());
    };
    const timeout = setTimeout(finish, subscription.timeoutMs);
    const bookmarks = setInterval(() => {
      if (!subscription.bookmarks) return;
      queue.offer([{ type: 'BOOKMARK', revision: subscription.revision(), initialEventsEnd: false }]);
    }, bookmarkEveryMs);
    signal.addEventListener('abort', finish, { once: true });
    stop = subscription.start({
      items(items) {
        queue.offer(items);
        if (queue.weight > limit) over(() => output.drop());
      },
      ended: finish,
    });
    options.begun?.();
    limit = queue.weight + maxQueuedBytes;
    if (signal.aborted) finish();
  });
}

/** The event by which a watch ends in failure: its object is the Status, in whatever form objects were asked for. */
export function errorFrame({ mediaType }: Negotiated, error: ApiError, served: Served): Buffer {
  const object = error.toStatus();
  if (mediaType === protobufType) return protobufFrame('ERROR', object, served);
  return Buffer.from(`${JSON.stringify({ type: 'ERROR', object })}\n`);
}

function makeFrames(options: WatchStreamOptions): Frames {
  const { served, negotiated } = options;
  const objectOf = makeObjects(options);
  const line = (item: WatchItem): string => `${JSON.stringify({ type: item.type, object: objectOf(item) })}\n`;
  if (negotiated.mediaType === protobufType) {
    if (negotiated.form === 'object') return (batches) => protobufFrames(served, batches, objectOf);
    const frame = (item: WatchItem): Buffer => protobufFrame(item.type, objectOf(item), served);
    return (batches) => Buffer.concat(batches.flat().map(frame));
  }
  if (negotiated.form === 'object' && served.conversion === undefined) return (batches) => watchFrames(batches, line);
  return (batches) => batches.flatMap((batch) => batch.map(line)).join('');
}

/** The object of an event in the form that was asked for. */
function makeObjects({ served, negotiated, query, now }: WatchStreamOptions): (item: WatchItem) => JsonObject {
  const { form, formVersion: version } = negotiated;
  let withColumns = true;
  const include = form === 'table' ? readInclude(query) : 'None';
  return (item) => {
    if (item.type === 'BOOKMARK') return inBookmarkForm(served, negotiated, item, now());
    if (form === 'object') return servedObject(served, item.entry) as unknown as JsonObject;
    const shown = showEntry(served, item.entry);
    if (form !== 'table') return partialMetadata(shown.internal, version);
    const metadata = { resourceVersion: item.entry.resourceVersion };
    const table = makeTable(served, [shown], metadata, { include, withColumns, version, nowMs: now() });
    withColumns = false;
    return table;
  };
}

function inBookmarkForm(
  served: Served,
  { form, formVersion }: Negotiated,
  { revision, initialEventsEnd }: Bookmark,
  nowMs: number,
): JsonObject {
  const metadata = {
    resourceVersion: String(revision),
    ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  if (form === 'metadata' || form === 'metadata-list') {
    return { kind: 'PartialObjectMetadata', apiVersion: formVersion, metadata };
  }
  const { kind, apiVersion } = served.type;
  const object = { kind, apiVersion, metadata };
  if (form === 'object') return object;
  const empty = { ...(zeroOf(served.type) as JsonObject), ...object, metadata: { ...metadata, name: '' } };
  const cells = tableShown(served).cells(empty as unknown as KubeObject, nowMs);
  return {
    kind: 'Table',
    apiVersion: formVersion,
    metadata: { resourceVersion: String(revision) },
    columnDefinitions: null,
    rows: [{ cells: [...cells], object: partialMetadata(object as unknown as KubeObject, formVersion) }],
  };
}
