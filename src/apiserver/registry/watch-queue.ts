/**
 * What a watcher in this process has not yet taken. Limit: `maxItems`; a watcher that is further behind is ended, and
 * lists again.
 */
import type { WatchItem, WatchReceiver } from './watch.ts';

const maxItems = 100_000;

export class WatchQueue implements WatchReceiver {
  #items: WatchItem[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ended(), { once: true });
    if (signal.aborted) this.#ended = true;
  }

  items(items: readonly WatchItem[]): void {
    if (this.#items.length + items.length > maxItems) return this.ended();
    for (const item of items) this.#items.push(item);
    this.#wake?.();
  }

  ended(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** All that waits, at least one item; undefined when the watch is over. */
  async next(): Promise<readonly WatchItem[] | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#ended) return undefined;
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
