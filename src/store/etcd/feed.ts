/**
 * Every change of the watched keys, in the order of revisions, from one watch that comes back by itself.
 *
 *   member in use ══ watch from `delivered + 1` ══▶ events ──▶ sink, then whoever waits for the revision
 *
 * Whatever breaks (the member, the connection, its view of the leader), the next call starts behind the last revision
 * that was delivered whole, so there is neither gap nor duplicate. A member that stays behind a revision somebody waits
 * for is left after a second.
 *
 * Where notices of progress can be trusted, they are asked for while somebody waits (KEP-2340), and keys outside the
 * range need not be watched. etcd before 3.4.31 and 3.5.13 may send such a notice ahead of events: there everything is
 * watched, so that each revision shows as an event.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { StoreEvent } from '../store.ts';
import type { Endpoints, Member } from './endpoints.ts';
import { callWatch } from './watch-call.ts';
import type { KeyRange, WatchCall } from './watch-call.ts';

export interface FeedOptions {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly log: Log;
  readonly range: KeyRange;
  readonly trustProgress: boolean;
  /** The changes after this revision are wanted. */
  readonly revision: number;
  readonly sink: {
    events(events: readonly StoreEvent[], revision: number): void;
    /** Revisions that are wanted were compacted while no member could be watched. The feed has stopped. */
    lost(compactRevision: number): void;
  };
}

interface Waiting {
  readonly revision: number;
  readonly settle: (arrived: boolean) => void;
}

const behindMs = 1000;
const progressMs = 50;
const pauseMs = 100;

export class Feed {
  readonly #options: FeedOptions;
  #delivered: number;
  #call: WatchCall | undefined;
  /** Breaks since the last sign of life. */
  #breaks = 0;
  /** When the call in use began, or last delivered something. */
  #signMs = 0;
  #waiting: Waiting[] = [];
  #cancelProgress: (() => void) | undefined;
  #cancelRestart: () => void = () => undefined;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#delivered = options.revision;
    this.#start(options.endpoints.inUse);
  }

  /** All changes up to here went to the sink. */
  get delivered(): number {
    return this.#delivered;
  }

  /** True when the revision was delivered, false when that takes longer than `timeoutMs` or the feed is stopped. */
  arrival(revision: number, timeoutMs: number): Promise<boolean> | true {
    if (revision <= this.#delivered) return true;
    if (this.#stopped) return Promise.resolve(false);
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const cancels: (() => void)[] = [];
      const waiting: Waiting = {
        revision,
        settle: (arrived) => {
          for (const cancel of cancels) cancel();
          this.#waiting = this.#waiting.filter((other) => other !== waiting);
          resolve(arrived);
        },
      };
      const nudge = (): void => {
        if (clock.now() - this.#signMs >= behindMs) this.#restart();
        cancels.push(clock.after(behindMs, nudge));
      };
      cancels.push(
        clock.after(timeoutMs, () => waiting.settle(false)),
        clock.after(behindMs, nudge),
      );
      this.#waiting.push(waiting);
      this.#askForProgress();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRestart();
    this.#cancelProgress?.();
    this.#call?.stop();
    for (const { settle } of this.#waiting) settle(false);
  }

  #restart(): void {
    if (this.#call === undefined) return;
    const { member } = this.#call;
    const { endpoints, log } = this.#options;
    log.info('A member of etcd stays behind and is no longer watched', { server: member.url, at: this.#delivered });
    this.#call.stop();
    this.#start(endpoints.after(member));
  }

  #start(member: Member): void {
    const { endpoints, range, clock } = this.#options;
    this.#signMs = clock.now();
    this.#call = callWatch(endpoints, member, {
      range,
      fromRevision: this.#delivered + 1,
      receive: {
        events: (events, revision) => this.#deliver(events, revision),
        ended: (compactRevision, why) => this.#ended(member, compactRevision, why),
      },
    });
  }

  #deliver(events: readonly StoreEvent[], revision: number): void {
    this.#breaks = 0;
    if (events.length === 0 && !this.#options.trustProgress) return;
    if (revision <= this.#delivered) return;
    this.#delivered = revision;
    this.#signMs = this.#options.clock.now();
    this.#options.sink.events(events, revision);
    for (const waiting of this.#waiting) if (waiting.revision <= revision) waiting.settle(true);
  }

  #ended(member: Member, compactRevision: number | undefined, why: string): void {
    this.#call = undefined;
    if (this.#stopped) return;
    const { endpoints, clock, log, sink } = this.#options;
    if (compactRevision !== undefined) {
      this.stop();
      return sink.lost(compactRevision);
    }
    log.info('The watch on etcd broke and goes on elsewhere', { server: member.url, why, from: this.#delivered + 1 });
    const next = endpoints.after(member);
    this.#breaks += 1;
    if (this.#breaks < endpoints.members.length) return this.#start(next);
    this.#cancelRestart = clock.after(pauseMs, () => this.#start(next));
  }

  #askForProgress(): void {
    const { trustProgress, clock } = this.#options;
    if (!trustProgress || this.#cancelProgress !== undefined) return;
    this.#cancelProgress = clock.after(progressMs, () => {
      this.#cancelProgress = undefined;
      if (this.#waiting.length === 0) return;
      this.#call?.requestProgress();
      this.#askForProgress();
    });
  }
}
