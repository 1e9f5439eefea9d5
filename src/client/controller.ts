/**
 * The loop that all controllers share.
 *
 *   informers ──change──▶ enqueue(key) ──▶ queue ──▶ reconcile(key) ──▶ writes through the API
 *                                            ▲             │ again after a delay, or with backoff when it threw
 *                                            └─────────────┘
 *
 * A reconcile gets a key, never an event: it reads the informers' copies, plans, acts. It does not retry inside. It does not
 * run before all informers of the controller are complete, never twice at a time for one key, and never on copies older than
 * what it wrote itself (written-versions.ts). The queue holds each key once; its limit is the number of objects.
 */
import type { KubeObject } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';
import type { Client } from './client.ts';
import type { ComponentContext } from './component.ts';
import type { Informer, Informers, InformerSelection } from './informer.ts';
import type { Backoff } from '../base/backoff.ts';
import type { WorkQueueMetrics } from './work-queue-metrics.ts';
import { WorkQueue, type WorkResult } from './work-queue.ts';
import { WrittenVersions } from './written-versions.ts';

/** An event that users read in `kubectl describe`. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What a reconcile may use besides its informers. */
export interface Run {
  readonly client: Client;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Tells users about `object`. Never waits, never fails. */
  note(object: KubeObject, event: EventNote): void;
}

export type Reconcile = (key: string, run: Run) => Promise<WorkResult>;

export interface ControllersContext extends ComponentContext {
  readonly informers: Informers;
  /** `source`: the controller's name. */
  readonly recordEvent: (source: string, object: KubeObject, event: EventNote) => void;
  /** Where the controllers' queues are counted; default: nowhere. */
  readonly queueMetrics?: WorkQueueMetrics | undefined;
}

export interface StartContext extends ControllersContext {
  readonly signal: AbortSignal;
  /** Without a delay: as soon as a worker is free. */
  enqueue(key: string, delayMs?: number): void;
  /** A copy that reconciles may read: they do not run before it is complete and has seen their own writes. */
  informer<T extends KubeObject, I>(resource: Resource<T, I>, selection?: InformerSelection): Informer<T>;
}

export interface Controller {
  /** As --controllers and, unless said otherwise, events call it: `replicaset-controller`. */
  readonly name: string;
  /** What events call it, where Kubernetes has another name there. */
  readonly eventSource?: string;
  /** The short name that --controllers takes too. */
  readonly alias: string;
  /** Runs only where it is asked for by name; `*` does not mean it. */
  readonly offByDefault?: boolean;
  /** Keys reconciled at the same time; default: 5. */
  readonly workers?: number;
  /** Between the attempts at a key that fails; default: 5 ms doubling to 1000 s. */
  readonly backoff?: Backoff;
  /** Asks for informers and says which keys their changes concern. */
  start(context: StartContext): Reconcile;
}

/** Runs until the signal aborts and the reconciles under way have ended. */
export async function runController(
  signal: AbortSignal,
  context: ControllersContext,
  controller: Controller,
): Promise<void> {
  const { clock, random, client } = context;
  const log = context.log.named(`controllers/${controller.alias}`);
  const { workers = 5, backoff } = controller;
  const observer = context.queueMetrics?.observer(controller.alias);
  const queue = new WorkQueue({ clock, random, log, workers, observer, ...(backoff === undefined ? {} : { backoff }) });
  context.queueMetrics?.follow(controller.alias, queue);
  const written = new WrittenVersions(clock, (key) => queue.add(key));
  const informers: Informer<KubeObject>[] = [];
  const reconcile = controller.start({
    ...context,
    log,
    signal,
    enqueue: (key, delayMs = 0) => queue.addAfter(key, delayMs),
    informer(resource, selection) {
      const informer = context.informers.of(resource, selection);
      if (selection === undefined) written.follow(informer);
      informers.push(informer);
      return informer;
    },
  });
  if (!(await allSynced(signal, informers))) return;
  await queue.run(signal, async (key) => {
    const waitMs = written.waitMs(key);
    if (waitMs > 0) return { afterMs: waitMs, untried: true };
    return reconcile(key, {
      client: written.recording(client, key),
      nowMs: clock.now(),
      signal,
      note: (object, event) => context.recordEvent(controller.eventSource ?? controller.name, object, event),
    });
  });
}

/** False when the signal aborted first. */
async function allSynced(signal: AbortSignal, informers: readonly Informer<KubeObject>[]): Promise<boolean> {
  try {
    await Promise.all(informers.map((informer) => informer.whenSynced()));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}
