/** One watch of a MemoryApi: events wait here until they are read; it ends with its signal. */
import type { KubeObject } from '../../api/kind.ts';
import type { WatchEvent } from '../../client/client.ts';

export class MemoryWatch implements AsyncIterable<WatchEvent<KubeObject>> {
  readonly of: string;
  readonly #matches: (object: KubeObject) => boolean;
  readonly #signal: AbortSignal;
  readonly #events: WatchEvent<KubeObject>[] = [];
  #wake: () => void = () => undefined;

  constructor(of: string, matches: (object: KubeObject) => boolean, signal: AbortSignal) {
    this.of = of;
    this.#matches = matches;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  tell(event: WatchEvent<KubeObject>): void {
    if (event.type !== 'BOOKMARK' && event.type !== 'ERROR' && !this.#matches(event.object)) return;
    this.#events.push(event);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent<KubeObject>> {
    while (!this.#signal.aborted) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
