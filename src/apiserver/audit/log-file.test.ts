import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { LogFile, type LogFileOptions } from './log-file.ts';

let directory: string;
let now: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'audit-'));
  now = Date.UTC(2026, 0, 10);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const failures: unknown[] = [];

function open(given: Partial<LogFileOptions> = {}): LogFile {
  const path = join(directory, 'audit.log');
  const options = { path, maxSizeBytes: 20, maxBackups: 0, maxAgeDays: 0, compress: false, now: () => now };
  return new LogFile({ ...options, ...given }, (error) => failures.push(error));
}

test('LogFile writes in order, and goes on with a file that is there', async () => {
  const first = open({ maxSizeBytes: 1000 });
  await Promise.all(['a\n', 'b\n', 'c\n'].map((line) => first.write(line)));
  await first.close();
  const second = open({ maxSizeBytes: 1000 });
  await second.write('d\n');
  await second.close();
  assert.equal(await readFile(join(directory, 'audit.log'), 'utf8'), 'a\nb\nc\nd\n');
});

test('LogFile puts the file aside before it grows too large, and loses no line', async () => {
  const file = open();
  const lines = Array.from({ length: 10 }, (_, index) => `line ${index}\n`);
  await Promise.all(lines.map((line) => file.write(line)));
  await file.close();
  const names = (await readdir(directory)).toSorted();
  assert.equal(names.length, 5);
  assert.equal(names[0], 'audit-2026-01-10T00-00-00.000.log');
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  assert.deepEqual(
    texts.join('').split('\n').toSorted().slice(1),
    lines.map((line) => line.trim()),
  );
  for (const text of texts) assert.ok(text.length <= 20);
});

test('LogFile removes what is too much and too old, packs the rest, and leaves other files alone', async () => {
  await writeFile(join(directory, 'audit-2025-12-01T00-00-00.000.log'), 'old');
  await writeFile(join(directory, 'audit-notes.log'), 'mine');
  const file = open({ maxBackups: 2, maxAgeDays: 30, compress: true });
  for (let index = 0; index < 4; index++) {
    await file.write(`line number ${index} xx\n`);
    now += 1000;
  }
  await file.close();
  const names = (await readdir(directory)).toSorted();
  assert.deepEqual(names, [
    'audit-2026-01-10T00-00-02.000.log.gz',
    'audit-2026-01-10T00-00-03.000.log.gz',
    'audit-notes.log',
    'audit.log',
  ]);
  const packed = await readFile(join(directory, 'audit-2026-01-10T00-00-03.000.log.gz'));
  assert.equal(gunzipSync(packed).toString(), 'line number 2 xx\n');
});

test('LogFile says that a line was lost when it cannot be written', async () => {
  await writeFile(join(directory, 'file'), '');
  const file = open({ path: join(directory, 'file', 'audit.log') });
  assert.equal(await file.write('a\n'), false);
  assert.equal(failures.length, 1);
  await file.close();
});
