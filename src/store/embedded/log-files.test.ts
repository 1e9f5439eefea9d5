/** What is found in the files of the write log, however the process or the machine ended. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { decodeRecord, encodeRecord } from './batch-record.ts';
import {
  forgetLog,
  lastSequence,
  logFileBytes,
  logPaths,
  makeLogFiles,
  prepareLogFile,
  recordsBehind,
} from './log-files.ts';
import { WriteLog } from './write-log.ts';

const salt = 0xfeedbeef;
const record = (sequence: number, bytes = 20): Uint8Array<ArrayBuffer> =>
  encodeRecord(
    sequence,
    {
      changes: [
        {
          meta: { key: 'k', position: sequence, createRevision: 1, modRevision: sequence, version: 1, lease: 0n },
          deleted: false,
          value: Buffer.alloc(bytes, sequence),
        },
      ],
      granted: [],
      revoked: [],
    },
    salt,
  );
const records = (...sequences: readonly number[]): Buffer =>
  Buffer.concat(sequences.map((sequence) => record(sequence)));

async function directoryWith(context: TestContext, ...files: readonly Uint8Array[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-log-'));
  context.after(() => rm(directory, { recursive: true }));
  makeLogFiles(directory);
  for (const [index, path] of logPaths(directory).entries()) await writeFile(path, files[index] ?? '');
  return directory;
}

const sequencesIn = (directory: string, reached: number): number[] =>
  recordsBehind(directory, reached, salt).map(({ sequence }) => sequence);

test('recordsBehind() finds what the database lacks, in order, in both files', async (context) => {
  const none = await directoryWith(context);
  assert.deepEqual([sequencesIn(none, 0), lastSequence(none, salt)], [[], 0]);
  const both = await directoryWith(context, records(4, 5), records(1, 2, 3));
  assert.deepEqual(sequencesIn(both, 0), [1, 2, 3, 4, 5]);
  assert.deepEqual(sequencesIn(both, 2), [3, 4, 5]);
  assert.deepEqual(sequencesIn(both, 9), []);
  assert.equal(lastSequence(both, salt), 5);
});

test('recordsBehind() leaves out what an earlier use of a file left, and a last record that is not whole', async (context) => {
  const reused = await directoryWith(context, Buffer.concat([records(7, 8), records(3, 4)]), records(5, 6));
  assert.deepEqual(sequencesIn(reused, 4), [5, 6, 7, 8]);
  const whole = records(1, 2, 3);
  for (const cut of [1, 10, record(3).byteLength - 1]) {
    const torn = await directoryWith(context, whole.subarray(0, whole.byteLength - cut));
    assert.deepEqual(sequencesIn(torn, 0), [1, 2], `${cut} bytes are missing`);
  }
  const firstOfFile = await directoryWith(context, records(1, 2), record(3).subarray(0, 30));
  assert.deepEqual(sequencesIn(firstOfFile, 0), [1, 2]);
});

test('recordsBehind() refuses a log in which an answered record is damaged or missing', async (context) => {
  const bytes = records(1, 2, 3);
  bytes[record(1).byteLength + 40] = 1;
  const damaged = await directoryWith(context, bytes);
  assert.throws(() => recordsBehind(damaged, 0, salt), {
    reason: 'corrupt',
    message: /record 2 is damaged, and record 3 follows it/,
  });
  const gap = await directoryWith(context, records(1, 2), records(4));
  assert.throws(() => recordsBehind(gap, 0, salt), { reason: 'corrupt', message: /record 3 is missing/ });
  assert.throws(() => recordsBehind(gap, 1, salt), { reason: 'corrupt' });
  assert.deepEqual(sequencesIn(gap, 3), [4]);
  // A database that is older than what is left of the log.
  const late = await directoryWith(context, records(5));
  assert.throws(() => recordsBehind(late, 2, salt), { reason: 'corrupt', message: /record 3 is missing/ });
});

test('recordsBehind() does not take a value for a record', async (context) => {
  const [change] = decodeRecord(record(2)).changes;
  assert.ok(change !== undefined);
  const withRecord = { changes: [{ ...change, value: record(99) }], granted: [], revoked: [] };
  const now = await directoryWith(context, Buffer.concat([record(1), encodeRecord(2, withRecord, salt)]));
  assert.deepEqual(sequencesIn(now, 0), [1, 2]);
  const left = Buffer.concat([record(7), encodeRecord(2, withRecord, salt), record(3)]);
  assert.deepEqual(sequencesIn(await directoryWith(context, left), 6), [7]);
  // Where the record that held it was written over, its salt tells.
  const forged = encodeRecord(8, { changes: [change], granted: [], revoked: [] }, 0);
  assert.deepEqual(sequencesIn(await directoryWith(context, Buffer.concat([record(7), forged])), 6), [7]);
});

test('forgetLog() leaves nothing to be found, and files as large as they were', async (context) => {
  const directory = await directoryWith(context, records(1, 2), records(3));
  const before = await Promise.all(logPaths(directory).map(async (path) => (await stat(path)).size));
  forgetLog(directory);
  assert.deepEqual([sequencesIn(directory, 0), lastSequence(directory, salt)], [[], 0]);
  assert.deepEqual(await Promise.all(logPaths(directory).map(async (path) => (await stat(path)).size)), before);
});

test('WriteLog goes on in the other file when one is full, and recordsBehind() finds all that is not in the database', async (context) => {
  const directory = await directoryWith(context);
  const recycled: string[] = [];
  let done = Promise.resolve();
  const log = new WriteLog({
    paths: logPaths(directory),
    recycle: (path) => {
      recycled.push(path);
      prepareLogFile(path);
      return (done = Promise.resolve());
    },
  });
  context.after(() => log.close());
  let sequence = 0;
  const append = async (bytes: number): Promise<void> => {
    // Both ways to the disk in turns.
    await log.append(record((sequence += 1), bytes), sequence % 2 === 0);
    log.turn();
    await done;
  };
  await append(1000);
  assert.deepEqual(recycled, []);
  // A store that writes in earnest gets files of full size; the first one grew with what was written into it.
  await append(600 * 1024);
  await append(1000);
  await append(1000);
  assert.deepEqual(recycled, [logPaths(directory)[1], logPaths(directory)[0]]);
  for (const path of logPaths(directory)) assert.equal((await stat(path)).size, logFileBytes);
  assert.deepEqual(sequencesIn(directory, 0), [1, 2, 3, 4]);
  await append(logFileBytes);
  await append(1000);
  assert.equal(recycled.length, 3);
  assert.deepEqual(sequencesIn(directory, 5), [6]);
  // A file that grew is cut to size for its next use.
  assert.equal((await readFile(logPaths(directory)[1] ?? '')).byteLength, logFileBytes);
});
