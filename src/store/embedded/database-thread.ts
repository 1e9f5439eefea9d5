/**
 * The serving thread's end of the database thread: a call is one message there and one back.
 *
 * Records that are durable in the write log are in no hurry: those of a few milliseconds go as one message, or along with
 * the next call, so that whatever is asked is answered with them in the database.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { Answers, Applied, Question, Reply, Request } from './messages.ts';
import { worthTransferring } from './pack.ts';

/** How long a record waits for others. */
const gatherMs = 4;
/** Beyond these bytes they go at once. */
const gatherBytes = 256 * 1024;

interface Call {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

type ApplyOutcome = (outcome: Applied | StoreError) => void;

export class DatabaseThread {
  readonly #worker: Worker;
  #gathered: { readonly record: Uint8Array<ArrayBuffer>; readonly settled: ApplyOutcome }[] = [];
  #gatheredBytes = 0;
  #timer: NodeJS.Timeout | undefined;
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

  /** Requests are carried out in the order in which they are made, behind the records that were handed over before. */
  call<Kind extends Request['type']>(
    request: Extract<Request, { type: Kind }>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answers[Kind]> {
    this.#flush();
    return this.#ask<Kind>(request, transfer);
  }

  /** @param record Not to be touched any more. @param settled Told when the database holds it, or why it does not. */
  apply(record: Uint8Array<ArrayBuffer>, settled: ApplyOutcome): void {
    this.#gathered.push({ record, settled });
    this.#gatheredBytes += record.byteLength;
    if (this.#gatheredBytes >= gatherBytes) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered.length === 0) return;
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    const records = gathered.map(({ record }) => record);
    const settle = (outcome: Applied | StoreError): void => {
      for (const { settled } of gathered) settled(outcome);
    };
    const transfer = worthTransferring(records.map(({ buffer }) => buffer));
    this.#ask<'apply'>({ type: 'apply', records }, transfer).then(settle, settle);
  }

  #ask<Kind extends Request['type']>(
    request: Extract<Request, { type: Kind }>,
    transfer: readonly ArrayBuffer[],
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
