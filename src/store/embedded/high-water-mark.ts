/**
 * The revision that the store had reached, written down beside the database.
 *
 * SQLite takes whatever is damaged in its log for the end of the log, and an empty file for a new database: both would
 * lose answered writes without a word. So the latest revision is noted in a file of its own, a second late at most and
 * never ahead of the database; a store that ends before its mark is not opened.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store.ts';

const fileName = 'mark';
const writeEveryMs = 1000;
/** Always of one length, so that writing over it never leaves a part. */
const digits = 16;

export class HighWaterMark {
  readonly #path: string;
  #reached = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    this.#path = join(directory, fileName);
  }

  /** @throws StoreError `corrupt` when the store once had a later revision than it has now. */
  assertReached(revision: number): void {
    const marked = this.#read();
    if (marked !== undefined && marked > revision) {
      throw new StoreError(
        'corrupt',
        `it ends at revision ${revision}, but had reached ${marked}: its file or its log was damaged or replaced. Restore a backup; or delete the file "${this.#path}" to go on without what is lost`,
      );
    }
    this.#written = marked ?? 0;
    this.note(revision);
  }

  /** What is on disk now. */
  note(revision: number): void {
    this.#reached = revision;
    this.#timer ??= setTimeout(() => this.write(), writeEveryMs).unref();
  }

  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#reached === this.#written) return;
    try {
      this.#overwrite(openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600));
      this.#written = this.#reached;
    } catch {
      // A full disk, for one: the mark stays behind, which is what it may be. The next commit tries again.
    }
  }

  #overwrite(file: number): void {
    try {
      writeSync(file, `${String(this.#reached).padStart(digits, '0')}\n`, 0);
    } finally {
      closeSync(file);
    }
  }

  #read(): number | undefined {
    try {
      const text = readFileSync(this.#path, 'latin1');
      return /^\d{16}\n$/.test(text) ? Number(text) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
