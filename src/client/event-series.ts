/**
 * Events of events.k8s.io as the scheduler tells them: with what was done and who else it concerns, and as a series when
 * the same happens to an object that has not changed meanwhile. The first is created, the second makes it a series, further
 * ones are only counted here; a series is written again every half hour, and when nothing was added for six minutes.
 *
 * At most 4096 are remembered; those not heard of for longest are forgotten, as they stand.
 */
import { isApiError } from '../api/api-error.ts';
import type { Event } from '../api/groups/events.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import { EventsV1 } from '../api/resources.ts';
import { formatMicroTime } from '../api/time.ts';
import { eventName, RecentMap } from './event-correlator.ts';
import { eventNamespace, EventQueue, type EventQueueOptions } from './event-queue.ts';
import type { EventType } from './events.ts';

export interface SeriesEvent {
  readonly regarding: KubeObject;
  readonly related?: KubeObject | undefined;
  readonly type: EventType;
  /** One word in CamelCase for machines, such as FailedScheduling. */
  readonly reason: string;
  /** What was being done, such as Scheduling. */
  readonly action: string;
  /** A sentence for people. */
  readonly note: string;
}

export interface EventSeriesRecorder {
  event(event: SeriesEvent): void;
  /** Events that wait to be written. */
  readonly waiting: number;
  /** Resolves when nothing waits to be written. */
  whenIdle(): Promise<void>;
}

export interface EventSeriesOptions extends EventQueueOptions {
  /** Who tells, such as default-scheduler. */
  readonly component: string;
  /** Which of several that are alike: the host it runs on. */
  readonly host: string;
}

/** A series to which nothing was added for so long is over. */
const finishMs = 6 * 60_000;
/** Events live for an hour: a series is written again before it expires. */
const refreshMs = 30 * 60_000;

type Body = Pick<
  Event,
  | 'eventTime'
  | 'reportingController'
  | 'reportingInstance'
  | 'action'
  | 'reason'
  | 'regarding'
  | 'related'
  | 'note'
  | 'type'
> & { readonly metadata: { readonly name: string; readonly namespace: string } };

interface Remembered {
  readonly body: Body;
  /** 1: no series yet. */
  count: number;
  lastMs: number;
}

export function createEventSeriesRecorder(options: EventSeriesOptions): EventSeriesRecorder {
  return new SeriesRecorder(options);
}

class SeriesRecorder implements EventSeriesRecorder {
  readonly #options: EventSeriesOptions;
  readonly #queue: EventQueue;
  readonly #remembered = new RecentMap<Remembered>();
  #refreshedMs: number;
  #cancelLook: (() => void) | undefined;

  constructor(options: EventSeriesOptions) {
    this.#options = options;
    this.#queue = new EventQueue(options);
    this.#refreshedMs = options.clock.now();
    options.signal.addEventListener('abort', () => this.#cancelLook?.(), { once: true });
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  whenIdle(): Promise<void> {
    return this.#queue.whenIdle();
  }

  event(event: SeriesEvent): void {
    const { signal, clock } = this.#options;
    if (signal.aborted) return;
    const nowMs = clock.now();
    const body = this.#bodyOf(event, nowMs);
    this.#queue.add({ object: body.regarding, reason: event.reason, take: () => this.#take(body, nowMs) });
    this.#cancelLook ??= clock.after(finishMs, () => this.#look());
  }

  #bodyOf({ regarding, related, type, reason, action, note }: SeriesEvent, nowMs: number): Body {
    const { component, host, random } = this.#options;
    const reference = referenceTo(regarding);
    return {
      metadata: { name: eventName(reference, nowMs, random), namespace: eventNamespace(reference) },
      eventTime: formatMicroTime(nowMs),
      reportingController: component,
      reportingInstance: `${component}-${host}`,
      action,
      reason,
      regarding: reference,
      ...(related === undefined ? {} : { related: referenceTo(related) }),
      note,
      type,
    };
  }

  #take(body: Body, nowMs: number): (() => Promise<void>) | undefined {
    const key = keyOf(body);
    const known = this.#remembered.get(key);
    if (known === undefined) {
      this.#remembered.set(key, { body, count: 1, lastMs: nowMs });
      return () => this.#create(body);
    }
    this.#remembered.set(key, known);
    known.count++;
    known.lastMs = nowMs;
    return known.count === 2 ? () => this.#writeSeries(known) : undefined;
  }

  /** Ends series, and forgets events, that are over. */
  #look(): void {
    const { clock } = this.#options;
    const nowMs = clock.now();
    const isRefreshed = nowMs - this.#refreshedMs >= refreshMs;
    if (isRefreshed) this.#refreshedMs = nowMs;
    for (const [key, known] of this.#remembered.entries()) {
      const isOver = nowMs - known.lastMs > finishMs;
      if (isOver) this.#remembered.delete(key);
      if (known.count === 1 || !(isOver || isRefreshed)) continue;
      const { regarding: object, reason = '' } = known.body;
      this.#queue.add({ object, reason, take: () => () => this.#writeSeries(known) });
    }
    this.#cancelLook = this.#remembered.size === 0 ? undefined : clock.after(finishMs, () => this.#look());
  }

  async #writeSeries({ body, count, lastMs }: Remembered): Promise<void> {
    const series = { count, lastObservedTime: formatMicroTime(lastMs) };
    try {
      await this.#options.client.patch(EventsV1, body.metadata, { type: 'strategic', value: { series } });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
      await this.#create({ ...body, series });
    }
  }

  async #create(event: Body & Pick<Event, 'series'>): Promise<void> {
    await this.#options.client.create(EventsV1, { ...event, deprecatedSource: {} });
  }
}

/** The same for events that only time and text tell apart. */
function keyOf({ type, action, reason, regarding, related }: Body): string {
  return JSON.stringify([type, action, reason, regarding, related]);
}
