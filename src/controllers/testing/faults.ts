/**
 * What can go wrong between a controller and the server at one of its writes, the nth:
 *
 *   cut-before     the process ends, the write did not take place
 *   cut-after      the process ends, the write took place, nobody heard the answer
 *   conflict       somebody else was faster
 *   lost-request   the connection broke before the write took place; the process lives
 *   lost-answer    the connection broke after the write took place; the process lives
 *   late-watch     from then on nothing is told of changes for a while
 *   lost-watch     all watches end; what happened meanwhile is no longer told one by one
 */
import { ApiError } from '../../api/api-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Client, WatchEvent } from '../../client/client.ts';

export const faults = [
  'cut-before',
  'cut-after',
  'conflict',
  'lost-request',
  'lost-answer',
  'late-watch',
  'lost-watch',
] as const;
export type Fault = (typeof faults)[number];

const lateMs = 120;
/** In which whoever met the fault tries again, however patiently. */
const recoveryMs = 1500;

/** A line to the server that fails once. */
export class FaultyLine {
  readonly #server: Client;
  readonly #clock: Clock;
  readonly #fault: Fault;
  readonly #cut: () => void;
  #untilFault: number;
  /** No request gets through any more. */
  #dead = false;
  #lateUntilMs = 0;
  #settledMs = 0;
  #wakers: (() => void)[] = [];
  /** Counted up when all watches of now end. */
  #watches = 0;

  /** `cut` is told when the process that uses the line must end. */
  constructor(server: Client, clock: Clock, at: { readonly fault: Fault; readonly write: number }, cut: () => void) {
    this.#server = server;
    this.#clock = clock;
    this.#fault = at.fault;
    this.#untilFault = at.write;
    this.#cut = cut;
  }

  /** The write that was to fail has come. */
  get happened(): boolean {
    return this.#untilFault <= 0;
  }

  /** What follows from the fault may not have come to its end yet. */
  get unsettled(): boolean {
    return this.#clock.now() < this.#settledMs;
  }

  client(): Client {
    const server = this.#server;
    const read = async <R>(act: () => Promise<R>): Promise<R> => {
      if (this.#dead) throw lost();
      return act();
    };
    const write = <R>(act: () => Promise<R>): Promise<R> => this.#write(act);
    return {
      get: (resource, ref) => read(() => server.get(resource, ref)),
      find: (resource, ref) => read(() => server.find(resource, ref)),
      list: (resource, options) => read(() => server.list(resource, options)),
      watch: (resource, options) => this.#watch(server.watch(resource, options)),
      create: (resource, object, options) => write(() => server.create(resource, object, options)),
      update: (resource, object, options) => write(() => server.update(resource, object, options)),
      updateStatus: (resource, object, options) => write(() => server.updateStatus(resource, object, options)),
      patch: (resource, ref, patch, options) => write(() => server.patch(resource, ref, patch, options)),
      delete: (resource, ref, options) => write(() => server.delete(resource, ref, options)),
      deleteCollection: (resource, list, options) => write(() => server.deleteCollection(resource, list, options)),
      createSubresource: (resource, ref, subresource, body) =>
        write(() => server.createSubresource(resource, ref, subresource, body)),
      request: (request) =>
        request.method === 'GET' ? read(() => server.request(request)) : write(() => server.request(request)),
    };
  }

  async #write<R>(act: () => Promise<R>): Promise<R> {
    if (this.#dead) throw lost();
    if (--this.#untilFault !== 0) return act();
    this.#settledMs = this.#clock.now() + recoveryMs;
    switch (this.#fault) {
      case 'cut-before':
        this.#end();
        throw lost();
      case 'cut-after':
        await act().finally(() => this.#end());
        throw lost();
      case 'conflict':
        throw new ApiError('Conflict', 'Operation cannot be fulfilled: the object has been modified');
      case 'lost-request':
        throw lost();
      case 'lost-answer':
        await act();
        throw lost();
      case 'late-watch':
        this.#lateUntilMs = this.#clock.now() + lateMs;
        this.#clock.after(lateMs, () => this.#wakeAll());
        return act();
      case 'lost-watch':
        this.#watches++;
        this.#wakeAll();
        return act();
    }
  }

  #late(): boolean {
    return this.#clock.now() < this.#lateUntilMs;
  }

  #end(): void {
    this.#dead = true;
    this.#wakeAll();
    this.#cut();
  }

  #wakeAll(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  async *#watch<T>(source: AsyncIterable<WatchEvent<T>>): AsyncIterable<WatchEvent<T>> {
    if (this.#dead) throw lost();
    const generation = this.#watches;
    const events = source[Symbol.asyncIterator]();
    try {
      for (let next = events.next(); ; next = events.next()) {
        while (this.#late() && !this.#dead) await this.#woken();
        const result = await Promise.race([next, this.#interrupted(generation)]);
        if (this.#dead) return;
        if (this.#watches !== generation) {
          yield { type: 'ERROR', object: expired };
          return;
        }
        if (result === 'interrupted' || result.done === true) return;
        while (this.#late() && !this.#dead) await this.#woken();
        yield result.value;
      }
    } finally {
      void events.return?.();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => void this.#wakers.push(resolve));
  }

  async #interrupted(generation: number): Promise<'interrupted'> {
    while (!this.#dead && this.#watches === generation) await this.#woken();
    return 'interrupted';
  }
}

const expired = {
  kind: 'Status',
  status: 'Failure',
  code: 410,
  reason: 'Expired',
  message: 'too old resource version',
};

const lost = (): Error => new Error('The connection was lost');
