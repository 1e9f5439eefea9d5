/**
 * Values remembered for a time, such as the answers of webhooks. Limit: `maxEntries`; when it is full the one that was
 * remembered first goes. Who asks for a value while it is being found waits for the same answer.
 */
export class Remembered<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  readonly #pending = new Map<string, Promise<Value>>();
  readonly #maxEntries: number;
  readonly #now: () => number;

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  /** `lifetimeMs` of a value found; 0 = it is not remembered. What rejects is not remembered either. */
  async get(key: string, find: () => Promise<Value>, lifetimeMs: (value: Value) => number): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.untilMs > this.#now()) return known.value;
    const waiting = this.#pending.get(key);
    if (waiting !== undefined) return waiting;
    const finding = find();
    this.#pending.set(key, finding);
    try {
      const value = await finding;
      const forMs = lifetimeMs(value);
      if (forMs > 0) this.#remember(key, value, this.#now() + forMs);
      return value;
    } finally {
      this.#pending.delete(key);
    }
  }

  #remember(key: string, value: Value, untilMs: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, untilMs });
  }
}
