/**
 * A stream of the service Watch, which carries many watches: each is a watch of the store under an id.
 *
 * What a client does not read in time waits in memory up to the stream's limit. Beyond it the stream ends with UNAVAILABLE
 * and the client watches again from the revision that it has: nothing is lost, and nobody else waits.
 */
import { Code, errors } from '../protocol/errors.ts';
import { WatchFilter } from '../protocol/messages.ts';
import type { WatchCreateRequest, WatchRequest, WatchResponseOfBytes } from '../protocol/messages.ts';
import type { Decoded, Encodable } from '../protocol/schema.ts';
import type { StoreEvent } from '../store.ts';
import type { EtcdContext } from './context.ts';
import type { EventEncoder } from './event-encoder.ts';
import { GrpcError } from './grpc-error.ts';
import type { StreamCall } from './grpc.ts';
import { rangeOf } from './key-range.ts';
import { maxRequestBytes } from './kv.ts';
import { etcdError } from './to-grpc-error.ts';

type Create = Decoded<typeof WatchCreateRequest>;
type Response = Encodable<typeof WatchResponseOfBytes>;
export type WatchCall = StreamCall<Decoded<typeof WatchRequest>, Response>;

interface Watch {
  readonly request: Create;
  stop: () => void;
  hasCaughtUp: boolean;
  /** Whether it has been told of events since it was last looked at for a notice of progress. */
  isBusy: boolean;
}

/** In place of a watch's id: the answer is about none of them, or about all. */
const noId = -1;

export class WatchStream {
  readonly #context: EtcdContext;
  readonly #encoder: EventEncoder;
  readonly #call: WatchCall;
  readonly #watches = new Map<number, Watch>();
  #nextId = 0;
  /** The client has asked for progress and some watch has not caught up. */
  #owesProgress = false;
  #cancelTimer: () => void = () => undefined;

  constructor(context: EtcdContext, encoder: EventEncoder, call: WatchCall) {
    this.#context = context;
    this.#encoder = encoder;
    this.#call = call;
  }

  serve(): void {
    this.#call.listen({
      message: (request) => this.#receive(request),
      ended: () => this.#call.end(),
      closed: () => this.#close(),
    });
    this.#awaitProgress();
  }

  #receive({ createRequest, cancelRequest, progressRequest }: Decoded<typeof WatchRequest>): void {
    if (createRequest !== undefined) this.#create(createRequest);
    else if (cancelRequest !== undefined) this.#cancel(cancelRequest.watchId);
    else if (progressRequest !== undefined) this.#requestProgress();
  }

  #create(request: Create): void {
    const key = request.key === '' ? '\0' : request.key;
    const { start, end } = rangeOf({ key, rangeEnd: request.rangeEnd });
    if (request.startRevision < 0) return this.#refuse(errors.compacted[1]);
    if (start >= end) return this.#refuse('mvcc: watcher range is empty');
    if (request.watchId !== 0 && this.#watches.has(request.watchId)) {
      return this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
    }
    const watchId = request.watchId === 0 ? this.#freeId() : request.watchId;
    const watch: Watch = { request, stop: () => undefined, hasCaughtUp: false, isBusy: false };
    this.#watches.set(watchId, watch);
    const options = request.startRevision > 0 ? { end, fromRevision: request.startRevision } : { end };
    watch.stop = this.#context.store.watch(start, options, {
      events: (events) => this.#tell(watchId, watch, events),
      caughtUp: () => {
        watch.hasCaughtUp = true;
        if (this.#owesProgress) this.#requestProgress();
      },
      ended: (ending) => {
        if (ending.reason === 'closed') return this.#call.end(etcdError('stopped'));
        this.#watches.delete(watchId);
        this.#send({ watchId, canceled: true, compactRevision: ending.compactRevision });
      },
    });
    this.#send({ watchId, created: true });
  }

  #refuse(cancelReason: string): void {
    this.#send({ watchId: noId, created: true, canceled: true, cancelReason });
  }

  #freeId(): number {
    while (this.#watches.has(this.#nextId)) this.#nextId += 1;
    return this.#nextId++;
  }

  #cancel(watchId: number): void {
    const watch = this.#watches.get(watchId);
    if (watch === undefined) return;
    watch.stop();
    this.#watches.delete(watchId);
    this.#send({ watchId, canceled: true });
  }

  #tell(watchId: number, watch: Watch, events: readonly StoreEvent[]): void {
    const { filters, prevKv, fragment } = watch.request;
    const wanted = filters.length === 0 ? events : events.filter((event) => passes(event, filters));
    if (wanted.length === 0) return;
    watch.isBusy = true;
    const encoded = wanted.map((event) => this.#encoder.encode(event, prevKv));
    if (!fragment) return this.#send({ watchId, events: encoded });
    const parts = cut(encoded);
    for (const [index, part] of parts.entries()) {
      this.#send({ watchId, events: part, fragment: index < parts.length - 1 });
    }
  }

  /** Tells that all changes up to the header's revision have been sent: as soon as that is so for all watches. */
  #requestProgress(): void {
    this.#owesProgress = [...this.#watches.values()].some(({ hasCaughtUp }) => !hasCaughtUp);
    if (!this.#owesProgress) this.#send({ watchId: noId });
  }

  #awaitProgress(): void {
    const { clock, progressIntervalMs } = this.#context;
    this.#cancelTimer = clock.after(progressIntervalMs, () => {
      for (const [watchId, watch] of this.#watches) {
        if (watch.request.progressNotify && watch.hasCaughtUp && !watch.isBusy) this.#send({ watchId });
        watch.isBusy = false;
      }
      this.#awaitProgress();
    });
  }

  #send(response: Response): void {
    this.#call.send({ header: this.#context.header(), ...response });
    if (!this.#call.overflows) return;
    this.#close();
    this.#call.end(new GrpcError(Code.unavailable, 'etcdserver: the watcher reads too slowly'));
  }

  #close(): void {
    this.#cancelTimer();
    for (const { stop } of this.#watches.values()) stop();
    this.#watches.clear();
  }
}

function passes({ type }: StoreEvent, filters: readonly number[]): boolean {
  return !filters.includes(type === 'put' ? WatchFilter.noPut : WatchFilter.noDelete);
}

/** Parts that fit into a message each; an event is never cut. */
function cut(events: readonly Buffer[]): Buffer[][] {
  const parts: Buffer[][] = [[]];
  let bytes = 0;
  for (const event of events) {
    if (bytes > 0 && bytes + event.length > maxRequestBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(event);
    bytes += event.length;
  }
  return parts;
}
