/**
 * When watchers are written to: all that have something to read in one round, and after a round a pause as long as the
 * round took.
 *
 *   changes ──▶ queues ──round──▶ sockets     changes ───▶ queues ──round──▶ sockets
 *                       └ 5 ms ┘└── pause: 5 ms, changes gather ──┘
 *
 * One write with ten changes costs its sender and its reader little more than one with a single change. So where few
 * watch, each change goes out at once; where thousands do, changes gather, and rounds never take more than half of the
 * thread's time.
 */
export interface Flushed {
  flush(): void;
}

const maxPauseMs = 20;

export class FlushRounds {
  #waiting: Flushed[] = [];
  #nextAt = 0;

  /** To be called once for each round in which `queue` has something to write. */
  add(queue: Flushed): void {
    if (this.#waiting.push(queue) > 1) return;
    const pauseMs = this.#nextAt - performance.now();
    if (pauseMs < 1) setImmediate(() => this.#round());
    else setTimeout(() => this.#round(), pauseMs);
  }

  #round(): void {
    const begun = performance.now();
    const queues = this.#waiting;
    this.#waiting = [];
    for (const queue of queues) queue.flush();
    const ended = performance.now();
    this.#nextAt = ended + Math.min(maxPauseMs, ended - begun);
  }
}
