/**
 * What a watcher has yet to read. Changes wait as references to entries that all watchers share, and become bytes only as
 * fast as the client takes them; so neither the initial state of a watch nor a slow reader costs a copy.
 *
 *   offer ─▶ batches of items ─(round)─▶ frames of `blockBytes` ─▶ output, while less than `maxUnreadBytes` wait there
 */
import type { WatchItem } from '../registry/watch.ts';
import { FlushRounds } from './flush-rounds.ts';

const blockBytes = 256 * 1024;
const maxUnreadBytes = 512 * 1024;

export interface WatchOutput {
  /** `taken` is called when the chunk has gone on to the system. */
  write(chunk: Buffer | string, taken: () => void): void;
  /** Bytes that were written and not taken yet. */
  queuedBytes(): number;
  /** Ends the answer in good order, when what waits was read. */
  end(): void;
  /** Ends it now and lets go of what waits. */
  drop(): void;
}

export type Batch = readonly WatchItem[];

/** Batches as bytes. What is made of them may be kept for others who get the same batches. */
export type Frames = (batches: readonly Batch[]) => Buffer | string;

/** All watchers of this thread. */
const rounds = new FlushRounds();

export class WatchQueue {
  readonly #output: WatchOutput;
  readonly #frames: Frames;
  #batches: Batch[] = [];
  #weight = 0;
  #inRound = false;

  constructor(output: WatchOutput, frames: Frames) {
    this.#output = output;
    this.#frames = frames;
  }

  /** Bytes of the objects that wait here. */
  get weight(): number {
    return this.#weight;
  }

  offer(batch: Batch): void {
    this.#batches.push(batch);
    this.#weight += weightOf(batch);
    if (this.#inRound) return;
    this.#inRound = true;
    rounds.add(this);
  }

  /** Writes as much as the client takes; the rest follows when it took that. */
  flush(): void {
    this.#inRound = false;
    this.#pump();
  }

  clear(): void {
    this.#batches = [];
    this.#weight = 0;
  }

  readonly #pump = (): void => {
    while (this.#batches.length > 0 && this.#output.queuedBytes() < maxUnreadBytes) {
      this.#output.write(this.#frames(this.#next()), this.#pump);
    }
  };

  /** As many batches as fit a block, or as much as fits of the first. */
  #next(): readonly Batch[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#batches.length && bytes < blockBytes) bytes += weightOf(this.#batches[count++] ?? []);
    const [first = []] = this.#batches;
    if (count > 1 || bytes < 2 * blockBytes) {
      this.#weight -= bytes;
      return this.#batches.splice(0, count);
    }
    const part = partOf(first);
    this.#weight -= weightOf(part);
    if (part.length < first.length) this.#batches[0] = first.slice(part.length);
    else this.#batches.shift();
    return [part];
  }
}

function partOf(batch: Batch): Batch {
  let end = 0;
  let bytes = 0;
  while (end < batch.length && bytes < blockBytes) bytes += weightOfItem(batch[end++] as WatchItem);
  return batch.slice(0, end);
}

function weightOf(batch: Batch): number {
  let weight = 0;
  for (const item of batch) weight += weightOfItem(item);
  return weight;
}

const weightOfItem = (item: WatchItem): number => (item.type === 'BOOKMARK' ? 0 : item.entry.bytes);
