/**
 * A watch whose objects a webhook converts: events wait, in order, until their objects are converted. A conversion that
 * fails ends the watch; the client lists again and is told why.
 *
 * Limit: `maxWaiting` events beyond the initial state; a watch with more of them ends.
 */
import type { Conversion } from './served.ts';
import type { WatchItem, WatchReceiver, WatchSubscription } from './watch.ts';

const maxWaiting = 100_000;

type Start = Pick<WatchSubscription, 'start' | 'revision'>;

export function convertedWatch(watch: Start, prepare: NonNullable<Conversion['prepare']>): Start {
  const state = { waiting: 0, delivered: 0, over: false };
  return {
    // What waits is not delivered: a bookmark must not promise it.
    revision: () => (state.waiting === 0 ? watch.revision() : state.delivered),
    start(receiver) {
      let last = Promise.resolve();
      state.delivered = watch.revision();
      const end = (): void => {
        if (state.over) return;
        state.over = true;
        receiver.ended();
      };
      const stop = watch.start({
        items(items) {
          if (state.waiting > maxWaiting) end();
          state.waiting += items.length;
          last = last.then(() => deliver(items, receiver, prepare, state)).catch(end);
        },
        ended: () => {
          last = last.then(end);
        },
      });
      return () => {
        state.over = true;
        stop();
      };
    },
  };
}

async function deliver(
  items: readonly WatchItem[],
  receiver: WatchReceiver,
  prepare: NonNullable<Conversion['prepare']>,
  state: { waiting: number; delivered: number; readonly over: boolean },
): Promise<void> {
  if (state.over) return;
  await prepare(items.flatMap((item) => (item.type === 'BOOKMARK' ? [] : [item.entry])));
  state.waiting -= items.length;
  if (state.over) return;
  receiver.items(items);
  const last = items.at(-1);
  if (last !== undefined) state.delivered = last.type === 'BOOKMARK' ? last.revision : last.entry.revision;
}
