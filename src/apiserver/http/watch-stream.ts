/**
 * A watch on the wire: one event after the other, framed as watch-frames.ts says. A watcher that does not read is dropped, connection and all, when
 * `maxQueuedBytes` beyond its initial state wait for it; it lists again. Others never wait for it.
 */
import { zeroOf } from '../../api/codec/decode.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { WatchItem, WatchSubscription } from '../registry/watch.ts';
import { servedObject, type Served } from '../registry/served.ts';
import { readInclude } from './render.ts';
import { protobufType, type Negotiated } from './negotiate.ts';
import { makeTable, partialMetadata } from './table.ts';
import { entryFrame, entryFrameProtobuf, frameLine, frameProtobuf } from './watch-frames.ts';

const maxQueuedBytes = 64 * 1024 * 1024;
const bookmarkEveryMs = 60_000;

export interface WatchOutput {
  write(chunk: Buffer | string): void;
  /** Bytes that wait to be read. */
  queuedBytes(): number;
  /** Ends the answer in good order, when what waits was read. */
  end(): void;
  /** Ends it now and lets go of what waits. */
  drop(): void;
}

export interface WatchStreamOptions {
  readonly served: Served;
  readonly subscription: WatchSubscription;
  readonly negotiated: Negotiated;
  readonly query: URLSearchParams;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Runs until the client goes, the time is over, or the watcher is too slow. */
export function streamWatch(output: WatchOutput, options: WatchStreamOptions): Promise<void> {
  const { subscription, signal } = options;
  const frame = makeFramer(options);
  return new Promise((resolve) => {
    let stop: (() => void) | undefined;
    let limit = Infinity; // whatever there is at the start is delivered
    const over = (close: () => void): void => {
      stop?.();
      clearTimeout(timeout);
      clearInterval(bookmarks);
      signal.removeEventListener('abort', finish);
      close();
      resolve();
    };
    const finish = (): void => over(() => output.end());
    const timeout = setTimeout(finish, subscription.timeoutMs);
    const bookmarks = setInterval(() => {
      if (subscription.bookmarks) {
        output.write(frame({ type: 'BOOKMARK', revision: subscription.revision(), initialEventsEnd: false }));
      }
    }, bookmarkEveryMs);
    signal.addEventListener('abort', finish, { once: true });
    stop = subscription.start({
      items(items) {
        for (const item of items) output.write(frame(item));
        if (output.queuedBytes() > limit) over(() => output.drop());
      },
      ended: finish,
    });
    limit = output.queuedBytes() + maxQueuedBytes;
    if (signal.aborted) finish();
  });
}

function makeFramer({ served, negotiated, query, now }: WatchStreamOptions): (item: WatchItem) => Buffer | string {
  const { form, formVersion: version } = negotiated;
  const isProtobuf = negotiated.mediaType === protobufType;
  const line = isProtobuf ? frameProtobuf : frameLine;
  let withColumns = true;
  const include = form === 'table' ? readInclude(query) : 'None';
  return (item) => {
    if (item.type === 'BOOKMARK') return line('BOOKMARK', inBookmarkForm(served, negotiated, item, now()), served);
    if (form === 'object' && isProtobuf) return entryFrameProtobuf(served, item.type, item.entry);
    if (form === 'object' && served.conversion === undefined) return entryFrame(item.type, item.entry);
    const object = servedObject(served, item.entry);
    if (form === 'object') return line(item.type, object as unknown as JsonObject);
    if (form !== 'table') return line(item.type, partialMetadata(served, object, version));
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = makeTable(served, [object], metadata, { include, withColumns, version, nowMs: now() });
    withColumns = false;
    return line(item.type, table);
  };
}

function inBookmarkForm(
  served: Served,
  { form, formVersion }: Negotiated,
  { revision, initialEventsEnd }: Extract<WatchItem, { type: 'BOOKMARK' }>,
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
  const cells = served.descriptor.table?.cells(empty as unknown as KubeObject, nowMs) ?? [];
  return {
    kind: 'Table',
    apiVersion: formVersion,
    metadata: { resourceVersion: String(revision) },
    columnDefinitions: null,
    rows: [{ cells: [...cells], object: partialMetadata(served, object as unknown as KubeObject, formVersion) }],
  };
}
