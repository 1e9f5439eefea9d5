/**
 * Alarms of the store: raised by it or by a client of its etcd API, until somebody disarms them, as in etcd. They outlive
 * the process: their names stand in a file beside the database, a line each.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** As etcd names them. NOSPACE: nothing is put any more. CORRUPT: told, and nothing else. */
export type Alarm = 'NOSPACE' | 'CORRUPT';

const fileName = 'alarms';
const all: readonly Alarm[] = ['NOSPACE', 'CORRUPT'];

export class Alarms {
  /** Undefined: they last as long as the process. */
  readonly #path: string | undefined;
  readonly #raised: Set<Alarm>;

  /** @param directory Undefined for a store without one. */
  constructor(directory: string | undefined) {
    this.#path = directory === undefined ? undefined : join(directory, fileName);
    this.#raised = new Set(this.#path === undefined ? [] : readNames(this.#path));
  }

  get raised(): readonly Alarm[] {
    return all.filter((alarm) => this.#raised.has(alarm));
  }

  isRaised(alarm: Alarm): boolean {
    return this.#raised.has(alarm);
  }

  raise(alarm: Alarm): void {
    if (this.#raised.has(alarm)) return;
    this.#raised.add(alarm);
    this.#write();
  }

  disarm(alarm: Alarm): void {
    if (this.#raised.delete(alarm)) this.#write();
  }

  /** A disk that takes no file takes no puts either, and raises the alarm anew after the next start. */
  #write(): void {
    if (this.#path === undefined) return;
    try {
      if (this.#raised.size === 0) rmSync(this.#path, { force: true });
      else replaceFile(this.#path, this.raised.map((alarm) => `${alarm}\n`).join(''));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

function replaceFile(path: string, text: string): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

function readNames(path: string): readonly Alarm[] {
  try {
    const names = readFileSync(path, 'latin1').split('\n');
    return all.filter((alarm) => names.includes(alarm));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
