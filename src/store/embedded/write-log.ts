/**
 * The write log: where a batch becomes durable before the database has it.
 *
 *   append ──► file in use ──(full)──► the other file, once the database holds all that stands in it
 *
 * A write that is synchronous by itself (O_DSYNC) into blocks that the file already has is the least that a disk can be
 * asked for: no size changes, so the file system's journal has nothing to do. One record is under way at a time; what
 * follows a record on the disk was written after it was there.
 *
 * A writer who is alone has nobody to work for meanwhile: its thread waits for the disk itself, which spares waking a
 * thread of the pool and being woken by it, a seventh of such a write. A disk that lets it wait for long gets the pool.
 */
import { close, constants, fdatasync, openSync, statSync, write, writeSync } from 'node:fs';
import { headerBytes } from './batch-record.ts';
import { logFileBytes } from './log-files.ts';

/** A store that hardly writes needs no files of full size; beyond these bytes the other one is made ready. */
const prepareAfterBytes = 512 * 1024;
/** A disk that lately took longer for a record is not waited for in the next `recordsAfterSlow`. */
const slowMs = 1;
const recordsAfterSlow = 200;
/** What the last record counts among the earlier ones. */
const shareOfLast = 1 / 16;
/** Windows does not know the flag. */
const synchronous: number | undefined = constants.O_DSYNC;

export interface WriteLogParts {
  readonly paths: readonly string[];
  /**
   * Called with the file that is to be written from its beginning next: resolves when the database holds all that stands
   * in it, on disk, and the file has its full size.
   */
  recycle(path: string): Promise<void>;
}

/** With null when all went well. */
type Done = (error: unknown) => void;

interface LogFile {
  readonly path: string;
  readonly descriptor: number;
  full: boolean;
}

export class WriteLog {
  readonly #recycle: (path: string) => Promise<void>;
  #current: LogFile;
  #other: LogFile;
  #offset = 0;
  #throughPool = 0;
  #waitedMs = 0;
  #otherIs: 'in need' | 'being made ready' | 'ready';

  /** Everything in the files must be in the database. @throws Error of the system. */
  constructor({ paths, recycle }: WriteLogParts) {
    const [first = '', second = ''] = paths;
    this.#current = openLogFile(first);
    this.#other = openLogFile(second);
    this.#otherIs = this.#other.full ? 'ready' : 'in need';
    this.#recycle = recycle;
  }

  /**
   * Resolves when the record is on disk.
   * @param alone Nobody else is waiting for the log or about to.
   * @throws Error of the system; the next record then takes this one's place.
   */
  append(record: Uint8Array, alone: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done: Done = (error) => {
        if (error !== null) return this.#voidRecord(() => reject(error));
        this.#offset += record.byteLength;
        resolve();
      };
      if (alone && this.#mayWait()) this.#writeWaiting(record, done);
      else this.#write(record, 0, done);
    });
  }

  /** Goes on in the other file when this one is full. To be called when the last record is on its way to the database. */
  turn(): void {
    if (this.#otherIs === 'in need' && this.#offset >= prepareAfterBytes) return this.#makeOtherReady();
    if (this.#otherIs !== 'ready' || (this.#current.full && this.#offset < logFileBytes)) return;
    [this.#current, this.#other] = [this.#other, this.#current];
    this.#offset = 0;
    this.#makeOtherReady();
  }

  /** The database holds all records, on disk: the next one may stand at the beginning. */
  restart(): void {
    this.#offset = 0;
  }

  close(): void {
    for (const { descriptor } of [this.#current, this.#other]) close(descriptor);
  }

  #mayWait(): boolean {
    if (this.#throughPool === 0) return synchronous !== undefined;
    this.#throughPool -= 1;
    return false;
  }

  #writeWaiting(record: Uint8Array, done: Done): void {
    const before = performance.now();
    let written: number;
    try {
      written = writeSync(this.#current.descriptor, record, 0, record.byteLength, this.#offset);
    } catch (error) {
      return done(error);
    }
    this.#waitedMs += (performance.now() - before - this.#waitedMs) * shareOfLast;
    if (this.#waitedMs > slowMs) {
      this.#throughPool = recordsAfterSlow;
      this.#waitedMs = 0;
    }
    if (written < record.byteLength) this.#write(record, written, done);
    else done(null);
  }

  #makeOtherReady(): void {
    this.#otherIs = 'being made ready';
    const other = this.#other;
    const ready = (): void => {
      other.full = true;
      this.#otherIs = 'ready';
    };
    // If it cannot be done the current file grows instead, until it can.
    const notReady = (): void => {
      this.#otherIs = 'in need';
    };
    this.#recycle(other.path).then(ready, notReady);
  }

  /** Whatever part of a failed record there is must not be taken for one that was answered. */
  #voidRecord(done: () => void): void {
    write(this.#current.descriptor, new Uint8Array(headerBytes), 0, headerBytes, this.#offset, done);
  }

  #write(record: Uint8Array, from: number, done: Done): void {
    const { descriptor } = this.#current;
    write(descriptor, record, from, record.byteLength - from, this.#offset + from, (error, written) => {
      if (error !== null) return done(error);
      if (from + written < record.byteLength) return this.#write(record, from + written, done);
      if (synchronous !== undefined) return done(null);
      fdatasync(descriptor, done);
    });
  }
}

function openLogFile(path: string): LogFile {
  const descriptor = openSync(path, constants.O_RDWR | (synchronous ?? 0));
  return { path, descriptor, full: statSync(path).size >= logFileBytes };
}
