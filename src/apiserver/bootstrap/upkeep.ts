/** What a server says of itself in the store, again and again while it runs: a turn now and every ten seconds. */
import { errorText } from '../../base/log.ts';
import type { Api } from '../api.ts';

const intervalMs = 10_000;

export interface Upkeep {
  /** Waits for the turn under way; no other follows. */
  stop(): Promise<void>;
}

/** `what`: for the log. */
export async function keepUp(api: Api, what: string, takeTurn: () => Promise<void>): Promise<Upkeep> {
  let stopped = false;
  let cancel: () => void = () => undefined;
  const turn = async (): Promise<void> => {
    try {
      await takeTurn();
    } catch (error) {
      api.log.warn(`Cannot keep ${what} up`, { why: errorText(error) });
    }
    if (!stopped) cancel = api.clock.after(intervalMs, () => void (running = turn()));
  };
  let running = turn();
  await running;
  return {
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}
