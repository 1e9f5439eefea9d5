/** A request before its priority level: how it came, where it waits, and the seats it has in the end. */
import type { ApiRequest } from '../request.ts';
import type { FlowMetrics } from './fairness-metrics.ts';
import type { Work } from './work-estimate.ts';

export interface Arrival {
  readonly request: ApiRequest;
  readonly schema: string;
  readonly distinguisher: string;
  readonly work: Work;
  readonly metrics: FlowMetrics;
  /** Queues that it may wait in. */
  readonly hand: readonly number[];
}

export interface Waiting {
  readonly arrival: Arrival;
  readonly arrivedMs: number;
  /** Virtual time of the arrival. */
  readonly arrivedAt: number;
  readonly queue: Queue;
  begin(ticket: Ticket): void;
}

export interface Queue {
  readonly waiting: Waiting[];
  seatsWaiting: number;
  seatsInUse: number;
  executing: number;
  /** Virtual time at which its next request begins. */
  nextStart: number;
}

export const isIdle = (queue: Queue): boolean => queue.executing === 0 && queue.waiting.length === 0;

/** A request's seats. Whoever got them gives them back when the request is done, or when a watch has begun. */
export class Ticket {
  readonly arrival: Arrival;
  readonly queue: Queue | undefined;
  readonly startedMs: number;
  readonly #ended: (ticket: Ticket) => void;
  #held = true;

  constructor(ended: (ticket: Ticket) => void, arrival: Arrival, queue: Queue | undefined, startedMs: number) {
    this.#ended = ended;
    this.arrival = arrival;
    this.queue = queue;
    this.startedMs = startedMs;
  }

  /** Any number of times. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#ended(this);
  }
}
