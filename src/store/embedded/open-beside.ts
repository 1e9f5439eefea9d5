/**
 * Reads a store's database beside the process that serves it, if there is one: for backups and sums, which must hold all
 * that was answered before they began.
 *
 * The write log runs a few milliseconds ahead of the database. While a process serves the directory, it is waited for; what
 * a killed one left in the log is taken into the database first.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../store.ts';
import { Database } from './database.ts';
import { lastSequence } from './log-files.ts';
import { readPragma } from './schema.ts';

const withinMs = 5000;
const betweenMs = 10;
/** The first format that has a write log, and the first whose log has a salt. */
const firstWithLog = 3;
const firstWithSalt = 4;

/**
 * @param directory Holds a store.
 * @returns The database, read-only, in a transaction that sees the state of now. To be closed.
 * @throws StoreError `unavailable` when the database does not get what the log holds.
 */
export async function openBeside(directory: string): Promise<DatabaseSync> {
  const sequence = lastSequence(directory, saltOf(directory));
  const deadline = performance.now() + withinMs;
  for (;;) {
    const database = new DatabaseSync(join(directory, 'store.db'), { readOnly: true, timeout: 5000 });
    database.exec('BEGIN');
    if (reachedSequence(database) >= sequence) return database;
    database.close();
    if (performance.now() > deadline) {
      throw new StoreError('unavailable', `The database in "${directory}" does not take what its write log holds`);
    }
    recoverUnlessServed(directory);
    await delay(betweenMs);
  }
}

function saltOf(directory: string): number {
  const database = new DatabaseSync(join(directory, 'store.db'), { readOnly: true, timeout: 5000 });
  try {
    if (readPragma(database, 'user_version') < firstWithSalt) return 0;
    return Number(database.prepare('SELECT log_salt FROM compaction').get()?.['log_salt']);
  } finally {
    database.close();
  }
}

function reachedSequence(database: DatabaseSync): number {
  if (readPragma(database, 'user_version') < firstWithLog) return Infinity;
  return Number(database.prepare('SELECT log_sequence FROM compaction').get()?.['log_sequence']);
}

function recoverUnlessServed(directory: string): void {
  let database: Database;
  try {
    database = new Database({ type: 'open', directory, maxBytes: Infinity, ampleBytes: Infinity });
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'locked') return;
    throw error;
  }
  try {
    database.recover();
  } finally {
    database.close();
  }
}
