/** A watch sink for tests: keeps what it was sent and lets a test wait for it. */
import type { Store, StoreEvent, WatchEnd, WatchOptions } from './store.ts';

export interface WatchRecorder {
  /** All calls so far: the events and the revision of each. */
  readonly calls: readonly { readonly events: readonly StoreEvent[]; readonly revision: number }[];
  readonly events: readonly StoreEvent[];
  readonly end: WatchEnd | undefined;
  /** Resolves when so many events have come; rejects when the watch ends before, or after ten seconds. */
  received(count: number): Promise<readonly StoreEvent[]>;
  ended(): Promise<WatchEnd>;
  stop(): void;
}

const patienceMs = 10_000;

export function recordWatch(store: Store, key: string, options: WatchOptions): WatchRecorder {
  const calls: { events: readonly StoreEvent[]; revision: number }[] = [];
  let end: WatchEnd | undefined;
  let changed: () => void = () => undefined;
  const stop = store.watch(key, options, {
    events(events, revision) {
      calls.push({ events, revision });
      changed();
    },
    ended(reason) {
      end = reason;
      changed();
    },
  });
  const events = (): StoreEvent[] => calls.flatMap((call) => call.events);

  function until<Result>(find: () => Result | undefined): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The watch fell silent after ${events().length} events`)),
        patienceMs,
      );
      changed = () => {
        const found = find();
        if (found === undefined && end === undefined) return;
        clearTimeout(timer);
        if (found === undefined) reject(new Error(`The watch ended: ${end?.reason}`));
        else resolve(found);
      };
      changed();
    });
  }

  return {
    calls,
    get events() {
      return events();
    },
    get end() {
      return end;
    },
    received: (count) => until(() => (events().length >= count ? events() : undefined)),
    ended: () => until(() => end),
    stop,
  };
}
