/**
 * The two files of the write log, as the database thread sees them: read when the store opens, made ready for their next
 * use while it runs.
 *
 * Records of one use of a file stand one behind the other from its beginning; what an earlier use left behind them has
 * smaller sequences. A record that is cut short or damaged at the very end was on its way when the process or the machine
 * died: nobody was answered. With a whole one of a later sequence anywhere, it is damage.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store.ts';
import { decodeRecord, headerBytes, isIntactRecord, magicBytes, readRecordHeader } from './batch-record.ts';
import type { BatchRecord } from './batch-record.ts';

/** What a file begins with when nothing of it is needed any more; zeros there may be a page that was lost. */
const forgotten = Buffer.alloc(headerBytes, 'SlpF', 'latin1');

/** Beyond this the log goes on in the other file. */
export const logFileBytes = 16 * 1024 * 1024;

const logFileNames = ['store.log-0', 'store.log-1'] as const;

export const logPaths = (directory: string): string[] => logFileNames.map((name) => join(directory, name));

/** Makes the files that are missing, so that they last. */
export function makeLogFiles(directory: string): void {
  for (const path of logPaths(directory)) closeSync(openSync(path, 'a', 0o600));
  if (process.platform === 'win32') return;
  const parent = openSync(directory, 'r');
  fsyncSync(parent);
  closeSync(parent);
}

/**
 * Records behind the sequence that the database has reached, in order. `salt`: of the store, as its database has it.
 * @throws StoreError `corrupt` when one that was answered is missing or damaged.
 */
export function recordsBehind(directory: string, reached: number, salt: number): BatchRecord[] {
  const files = logPaths(directory).map(readFile);
  const runs = files.map((file) => runOf(file, salt)).toSorted((a, b) => (a[0]?.sequence ?? 0) - (b[0]?.sequence ?? 0));
  const records = runs.flat().filter(({ sequence }) => sequence > reached);
  let expected = reached;
  for (const { sequence } of records) {
    expected += 1;
    if (sequence !== expected) throw damaged(`record ${expected} is missing`);
  }
  for (const file of files) {
    const later = firstBehind(file, expected, salt);
    if (later !== undefined) throw damaged(`record ${expected + 1} is damaged, and record ${later} follows it`);
  }
  return records.map(({ bytes }) => decodeRecord(bytes));
}

/** The sequence of the last record in the log; 0 for an empty one, and where there is none. */
export function lastSequence(directory: string, salt: number): number {
  const there = logPaths(directory).filter((path) => existsSync(path));
  return Math.max(0, ...there.map((path) => runOf(readFile(path), salt).at(-1)?.sequence ?? 0));
}

/** Gives the file its full size on the disk, so that a record written into it changes no more than its own bytes. */
export function prepareLogFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    if (size > logFileBytes) ftruncateSync(file, logFileBytes);
    const zeros = new Uint8Array(1024 * 1024);
    for (let at = size; at < logFileBytes;)
      at += writeSync(file, zeros, 0, Math.min(zeros.length, logFileBytes - at), at);
    if (size !== logFileBytes) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Says that nothing of the log is needed any more, which spares the next opening its reading. */
export function forgetLog(directory: string): void {
  for (const path of logPaths(directory)) {
    try {
      forgetFile(path);
    } catch {
      // It is read again, then, and found to hold nothing new.
    }
  }
}

function forgetFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    if (fstatSync(file).size < headerBytes) return;
    writeSync(file, forgotten, 0, headerBytes, 0);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Empty when nothing of the file is needed. */
function readFile(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const first = Buffer.alloc(headerBytes);
    if (readSync(file, first, 0, headerBytes, 0) < headerBytes || first.equals(forgotten)) return Buffer.alloc(0);
    const bytes = Buffer.alloc(fstatSync(file).size);
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

interface Found {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** The intact records that stand at the beginning, each the successor of the one before. */
function runOf(file: Buffer, salt: number): Found[] {
  const found: Found[] = [];
  for (let at = 0; ;) {
    const record = recordAt(file, at, salt);
    const before = found.at(-1);
    if (record === undefined || (before !== undefined && record.sequence !== before.sequence + 1)) return found;
    found.push(record);
    at += record.bytes.byteLength;
  }
}

/**
 * The sequence of an intact record that is greater than this one, wherever it stands but inside another: what looks like a
 * record there is part of somebody's value.
 */
function firstBehind(file: Buffer, sequence: number, salt: number): number | undefined {
  let at = file.indexOf(magicBytes);
  while (at >= 0) {
    const record = recordAt(file, at, salt);
    if (record !== undefined && record.sequence > sequence) return record.sequence;
    at = file.indexOf(magicBytes, at + (record?.bytes.byteLength ?? 1));
  }
  return undefined;
}

function recordAt(file: Buffer, at: number, salt: number): Found | undefined {
  const header = readRecordHeader(file, at);
  if (header === undefined) return undefined;
  const bytes = file.subarray(at, at + header.length);
  return isIntactRecord(bytes, salt) ? { sequence: header.sequence, bytes } : undefined;
}

function damaged(what: string): StoreError {
  return new StoreError('corrupt', `its write log is damaged: ${what}. Restore a backup`);
}
