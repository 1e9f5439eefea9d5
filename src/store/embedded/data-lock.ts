/**
 * One process to a data directory.
 *
 * The lock is SQLite's own exclusive lock on an empty database beside the data: the system drops it when its holder dies,
 * however it dies, so nothing stale is ever left to judge, and two that open at once cannot both win. The process id in
 * the second file is for the message alone. (The lock file is read by nobody: a process that closes any handle of a
 * file loses its locks on that file.)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store.ts';

export interface DataLock {
  release(): void;
}

/** @throws StoreError `locked` when another process, or another store of this one, has the directory open. */
export function lockDirectory(directory: string): DataLock {
  const database = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
  const holderFile = join(directory, 'lock.pid');
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new StoreError('locked', `Data directory "${directory}" is in use by ${holderName(holderFile)}`);
  }
  nameHolder(holderFile);
  return { release: () => database.close() };
}

/** A full disk must not keep a store from being opened: reading and compacting still work then. */
function nameHolder(holderFile: string): void {
  try {
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function holderName(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8').trim()}`;
  } catch {
    return 'another process, which has just started';
  }
}
