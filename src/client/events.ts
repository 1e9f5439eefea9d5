/**
 * Tells users what happens to their objects: the events of `kubectl describe` and `kubectl events`.
 *
 * Telling never waits and never fails: events queue up (event-queue.ts) and are written compressed by the correlator.
 */
import { isApiError } from '../api/api-error.ts';
import type { ObjectReference } from '../api/groups/core.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import { referenceTo } from '../api/objects/object-reference.ts';
import { Events } from '../api/resources.ts';
import { formatTime } from '../api/time.ts';
import { EventCorrelator, type Counted, type Happening } from './event-correlator.ts';
import { eventNamespace, EventQueue, type EventQueueOptions } from './event-queue.ts';

export type EventType = Happening['type'];

export interface EventRecorder {
  /**
   * @param object the object, or a reference to it or to a part of it (see referenceTo)
   * @param reason one word in CamelCase for machines, such as FailedScheduling
   * @param message a sentence for people
   */
  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void;
}

export interface EventRecorderOptions extends EventQueueOptions {
  /** Who tells, such as deployment-controller. */
  readonly component: string;
  /** Node on which it runs, when that matters. */
  readonly host?: string | undefined;
}

interface QueuedEventRecorder extends EventRecorder {
  /** Resolves when nothing waits to be written. */
  whenIdle(): Promise<void>;
}

export function createEventRecorder(options: EventRecorderOptions): QueuedEventRecorder {
  const queue = new EventQueue(options);
  const correlator = new EventCorrelator(options.random);
  return {
    whenIdle: () => queue.whenIdle(),
    event(about, type, reason, message) {
      const object = 'metadata' in about ? referenceTo(about) : about;
      const happening = { object, type, reason, message, atMs: options.clock.now() };
      const take = () => {
        const counted = correlator.take(happening);
        return counted === undefined ? undefined : () => write(options, counted);
      };
      queue.add({ object, reason, take });
    },
  };
}

async function write(options: EventRecorderOptions, counted: Counted): Promise<void> {
  const { client } = options;
  const { count, name, happening } = counted;
  if (count > 1) {
    const ref = { namespace: eventNamespace(happening.object), name };
    const value = { count, lastTimestamp: formatTime(happening.atMs), message: happening.message };
    try {
      await client.patch(Events, ref, { type: 'strategic', value });
      return;
    } catch (error) {
      // Events live for an hour: an old one is written anew.
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
  await client.create(Events, eventOf(options, counted));
}

function eventOf(options: EventRecorderOptions, counted: Counted) {
  const { component, host } = options;
  const { happening, name, count, firstMs } = counted;
  const { object, type, reason, message, atMs } = happening;
  return {
    metadata: { name, namespace: eventNamespace(object) },
    involvedObject: object,
    reason,
    message,
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: formatTime(firstMs),
    lastTimestamp: formatTime(atMs),
    count,
    type,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}
