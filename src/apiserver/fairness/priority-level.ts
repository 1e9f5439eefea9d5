/**
 * The seats of one priority level, and the queues before them.
 *
 *   request ─▶ shortest queue of its flow's hand ─▶ a seat when one is free ─▶ executed ─▶ seat given back
 *
 * Fair queuing: each queue has a virtual time at which its next request would begin if all queues that have work were
 * served at once, each at the same rate. The queue whose next request would end first is served. A request is counted
 * with `guessMs` until it has ended, then with the time it took.
 *
 * Limits: `queueLengthLimit` requests a queue, each for at most `waitLimitMs`; beyond them requests are refused.
 * Invariant: a request that waits leaves by exactly one way: executed, timed out, or its client gone.
 */
import type { Clock } from '../../base/clock.ts';
import { DemandMeter, type Demand } from './demand.ts';
import type { FairnessMetrics } from './fairness-metrics.ts';
import type { LevelLimits } from './level-limits.ts';
import { OverloadError, type OverloadReason } from './overload-error.ts';
import { RetryAfter } from './retry-after.ts';
import { isIdle, Ticket, type Arrival, type Queue, type Waiting } from './ticket.ts';
import { TimedRatio } from './timed-ratio.ts';

const guessMs = 3;

export interface LevelContext {
  readonly clock: Clock;
  readonly metrics: FairnessMetrics;
  readonly waitLimitMs: number;
}

export class PriorityLevel {
  readonly name: string;
  readonly #context: LevelContext;
  readonly #demand: DemandMeter;
  readonly #retryAfter = new RetryAfter();
  readonly #seatRatio: TimedRatio;
  readonly #executingRatio: TimedRatio;
  readonly #waitingRatio: TimedRatio;
  readonly #demandRatio: TimedRatio;
  #limits: LevelLimits;
  #limit: number;
  #queues: Queue[] = [];
  #seatsInUse = 0;
  #seatsWaiting = 0;
  #executing = 0;
  #waiting = 0;
  #activeQueues = 0;
  #virtualTime = 0;
  #advancedMs: number;
  #turn = 0;
  /** Since the start, for people who look. */
  readonly counted = { dispatched: 0, refused: 0, timedOut: 0, cancelled: 0 };
  /** No schema leads here any more: it goes when it is idle. */
  quiescing = false;

  constructor(name: string, limits: LevelLimits, context: LevelContext) {
    const { metrics, clock } = context;
    const now = clock.now();
    this.name = name;
    this.#context = context;
    this.#demand = new DemandMeter(now);
    this.#seatRatio = new TimedRatio(metrics.seatUtilization.of(name, 'executing'), now);
    this.#executingRatio = new TimedRatio(metrics.requestUtilization.of('executing', name), now);
    this.#waitingRatio = new TimedRatio(metrics.requestUtilization.of('waiting', name), now);
    this.#demandRatio = new TimedRatio(metrics.demandSeats.of(name), now);
    this.#advancedMs = now;
    this.#limits = limits;
    this.#limit = limits.nominal;
    this.configure(limits);
  }

  configure(limits: LevelLimits): void {
    if (limits.nominal !== this.#limits.nominal) this.#limit = limits.nominal;
    this.#limits = limits;
    this.#limit = Math.min(limits.upper, Math.max(limits.lower, this.#limit));
    const wanted = limits.queuing?.queues ?? 0;
    while (this.#queues.length < wanted) {
      this.#queues.push({ waiting: [], seatsWaiting: 0, seatsInUse: 0, executing: 0, nextStart: 0 });
    }
    // Queues that are no longer dealt are served until they are empty.
    while (this.#queues.length > wanted && isIdle(this.#queues.at(-1) as Queue)) this.#queues.pop();
  }

  get limits(): LevelLimits {
    return this.#limits;
  }

  get queues(): readonly Queue[] {
    return this.#queues;
  }

  get state() {
    return {
      limit: this.#limit,
      seatsInUse: this.#seatsInUse,
      executing: this.#executing,
      waiting: this.#waiting,
      virtualTimeSeconds: this.#virtualTime / 1000,
      idle: this.#executing === 0 && this.#waiting === 0 && this.#seatsInUse === 0,
    };
  }

  /** Sets how many seats there are now: what was borrowed and lent. */
  setLimit(seats: number): void {
    const now = this.#context.clock.now();
    this.#advance(now);
    this.#limit = seats;
    this.#note(now);
    this.#dispatch(now);
  }

  /** What was wanted since the last time. */
  takeDemand(): Demand {
    return this.#demand.take(this.#context.clock.now());
  }

  /** Brings the histograms up to now. */
  settle(): void {
    const now = this.#context.clock.now();
    for (const ratio of [this.#seatRatio, this.#executingRatio, this.#waitingRatio, this.#demandRatio])
      ratio.settle(now);
  }

  /** A place for the request, at once or when it is its turn. @throws OverloadError */
  admit(arrival: Arrival): Ticket | Promise<Ticket> {
    const now = this.#context.clock.now();
    this.#advance(now);
    arrival.metrics.estimatedSeats.observe(arrival.work.seats);
    if (this.#limits.exempt) return this.#begin(arrival, undefined, now);
    const queue = this.#shortest(arrival.hand);
    if (this.#waiting === 0 && this.#fits(arrival.work.width)) {
      if (queue !== undefined) this.#touch(queue);
      return this.#begin(arrival, queue, now);
    }
    if (queue === undefined) throw this.#refused(arrival, 'concurrency-limit');
    if (queue.waiting.length >= (this.#limits.queuing?.queueLengthLimit ?? 0)) {
      throw this.#refused(arrival, 'queue-full');
    }
    return this.#enqueue(arrival, queue, now);
  }

  /** The request has ended; its seats may be held for what follows. */
  readonly #ended = (ticket: Ticket): void => {
    const now = this.#context.clock.now();
    this.#advance(now);
    const { arrival, queue, startedMs } = ticket;
    const { work, metrics } = arrival;
    const tookMs = now - startedMs;
    this.#executing--;
    metrics.executing.value--;
    (arrival.request.info.verb === 'watch' ? metrics.watchSeconds : metrics.regularSeconds).observe(tookMs / 1000);
    const held = work.additionalMs > 0 ? work.finalSeats : 0;
    this.#free(queue, work.width - held);
    if (held > 0) this.#context.clock.after(work.additionalMs, () => this.#freeLater(queue, held));
    if (queue !== undefined) {
      queue.executing--;
      queue.nextStart -= (guessMs - tookMs) * work.seats - held * work.additionalMs;
      if (isIdle(queue)) this.#activeQueues--;
    }
    this.#note(now);
    this.#dispatch(now);
  };

  #freeLater(queue: Queue | undefined, seats: number): void {
    const now = this.#context.clock.now();
    this.#advance(now);
    this.#free(queue, seats);
    this.#note(now);
    this.#dispatch(now);
  }

  #free(queue: Queue | undefined, seats: number): void {
    this.#seatsInUse -= seats;
    if (queue !== undefined) queue.seatsInUse -= seats;
  }

  #begin(arrival: Arrival, queue: Queue | undefined, now: number): Ticket {
    const { work, metrics } = arrival;
    if (queue !== undefined) {
      queue.executing++;
      queue.seatsInUse += work.width;
      queue.nextStart += guessMs * work.seats;
    }
    this.#seatsInUse += work.width;
    this.#executing++;
    this.counted.dispatched++;
    metrics.dispatched.value++;
    metrics.executing.value++;
    this.#note(now);
    return new Ticket(this.#ended, arrival, queue, now);
  }

  #enqueue(arrival: Arrival, queue: Queue, now: number): Promise<Ticket> {
    this.#touch(queue);
    return new Promise((resolve, reject) => {
      const { signal } = arrival.request.lifetime;
      const leave = (): void => {
        stopTimer();
        signal.removeEventListener('abort', gone);
      };
      const giveUp = (reason: OverloadReason): void => {
        leave();
        this.#remove(waiting, queue.waiting.indexOf(waiting));
        if (isIdle(queue)) this.#activeQueues--;
        arrival.metrics.gaveUp.observe((this.#context.clock.now() - now) / 1000);
        reject(this.#refused(arrival, reason));
        this.#dispatch(this.#context.clock.now());
      };
      const gone = (): void => giveUp('cancelled');
      const begin = (ticket: Ticket): void => {
        leave();
        resolve(ticket);
      };
      const waiting: Waiting = { arrival, arrivedMs: now, arrivedAt: this.#virtualTime, queue, begin };
      const stopTimer = this.#context.clock.after(this.#context.waitLimitMs, () => giveUp('time-out'));
      signal.addEventListener('abort', gone, { once: true });
      queue.waiting.push(waiting);
      queue.seatsWaiting += arrival.work.width;
      this.#seatsWaiting += arrival.work.width;
      this.#waiting++;
      arrival.metrics.inQueue.value++;
      this.#note(now);
      this.#dispatch(now);
    });
  }

  #remove({ arrival, queue }: Waiting, index: number): void {
    queue.waiting.splice(index, 1);
    queue.seatsWaiting -= arrival.work.width;
    this.#seatsWaiting -= arrival.work.width;
    this.#waiting--;
    arrival.metrics.inQueue.value--;
    this.#note(this.#context.clock.now());
  }

  /** Executes what is next as long as there are seats for it. */
  #dispatch(now: number): void {
    while (this.#waiting > 0) {
      const next = this.#next();
      if (next === undefined || !this.#fits(next.arrival.work.width)) return;
      const { arrival, queue } = next;
      // A queue that had less than its share does not save it up: it starts no earlier than its request came.
      if (queue.nextStart < next.arrivedAt) queue.nextStart = next.arrivedAt;
      this.#remove(next, 0);
      arrival.metrics.waited.observe((now - next.arrivedMs) / 1000);
      next.begin(this.#begin(arrival, queue, now));
    }
  }

  /** The oldest request of the queue whose next request would end first; queues that are equal take turns. */
  #next(): Waiting | undefined {
    const queues = this.#queues;
    let best: Waiting | undefined;
    let bestEnd = Infinity;
    let bestIndex = 0;
    for (let step = 1; step <= queues.length; step++) {
      const index = (this.#turn + step) % queues.length;
      const queue = queues[index] as Queue;
      const oldest = queue.waiting[0];
      if (oldest === undefined) continue;
      const end = queue.nextStart + guessMs * oldest.arrival.work.seats;
      if (end >= bestEnd) continue;
      best = oldest;
      bestEnd = end;
      bestIndex = index;
    }
    this.#turn = bestIndex;
    return best;
  }

  /** A request that wants more than there is may go when it is alone. */
  #fits(seats: number): boolean {
    return seats > this.#limit ? this.#seatsInUse === 0 : this.#seatsInUse + seats <= this.#limit;
  }

  #shortest(hand: readonly number[]): Queue | undefined {
    let shortest: Queue | undefined;
    let least = Infinity;
    for (const index of hand) {
      const queue = this.#queues[index];
      if (queue === undefined) continue;
      const load = queue.seatsWaiting + queue.seatsInUse;
      if (load >= least) continue;
      shortest = queue;
      least = load;
    }
    return shortest;
  }

  /** The queue is about to have work. */
  #touch(queue: Queue): void {
    if (!isIdle(queue)) return;
    queue.nextStart = this.#virtualTime;
    this.#activeQueues++;
  }

  #advance(now: number): void {
    const elapsedMs = now - this.#advancedMs;
    if (elapsedMs <= 0) return;
    this.#advancedMs = now;
    if (this.#activeQueues === 0) return;
    const served = Math.min(this.#seatsInUse + this.#seatsWaiting, this.#limit);
    this.#virtualTime += (elapsedMs * served) / this.#activeQueues;
  }

  #refused({ metrics }: Arrival, reason: OverloadReason): OverloadError {
    metrics.rejected(reason).value++;
    if (reason === 'time-out') this.counted.timedOut++;
    else if (reason === 'cancelled') this.counted.cancelled++;
    else this.counted.refused++;
    this.#retryAfter.refused(this.#context.clock.now());
    return new OverloadError(this.#retryAfter.seconds);
  }

  /** Tells the figures what has changed. */
  #note(now: number): void {
    const wanted = this.#seatsInUse + this.#seatsWaiting;
    const { nominal, queuing } = this.#limits;
    this.#demand.set(wanted, now);
    this.#demandRatio.set(nominal === 0 ? wanted : wanted / nominal, now);
    this.#seatRatio.set(this.#limit === 0 ? this.#seatsInUse : this.#seatsInUse / this.#limit, now);
    this.#executingRatio.set(this.#limit === 0 ? this.#executing : this.#executing / this.#limit, now);
    const places = queuing === undefined ? 1 : queuing.queues * queuing.queueLengthLimit;
    this.#waitingRatio.set(this.#waiting / places, now);
  }
}
