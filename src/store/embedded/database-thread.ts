/** The serving thread's end of the database thread: a call is one message there and one back. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { Answers, Question, Reply, Request } from './messages.ts';

interface Call {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

export class DatabaseThread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  #lost: StoreError | undefined;

  constructor() {
    this.#worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
      name: 'store',
      execArgv: [],
      // Batches come and go; more room for them would only be touched, not needed.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#lose(`failed: ${String(error)}`));
    this.#worker.on('exit', () => this.#lose('has ended'));
  }

  /** Requests are carried out in the order in which they are made. */
  call<Kind extends Request['type']>(
    request: Extract<Request, { type: Kind }>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answers[Kind]> {
    return new Promise<Answers[Kind]>((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost);
      const id = ++this.#lastId;
      // The worker answers a request of a kind with that kind's answer.
      this.#calls.set(id, { resolve: (answer) => resolve(answer as Answers[Kind]), reject });
      this.#worker.postMessage({ id, request } satisfies Question, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (reply.ok) call?.resolve(reply.answer);
    else call?.reject(new StoreError(reply.failure.reason, reply.failure.message));
  }

  #lose(what: string): void {
    this.#lost ??= new StoreError('unavailable', `The database thread ${what}`);
    for (const call of this.#calls.values()) call.reject(this.#lost);
    this.#calls.clear();
  }
}
