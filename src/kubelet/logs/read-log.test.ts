import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logOptionsFromQuery } from './log-options.ts';
import { readContainerLog, type LogSource } from './read-log.ts';

const line = (second: number, stream: string, tag: string, text: string): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.123456789Z ${stream} ${tag} ${text}\n`;
const content = [
  line(1, 'stdout', 'F', 'one'),
  line(2, 'stderr', 'F', 'two'),
  line(3, 'stdout', 'P', 'thr'),
  line(3, 'stdout', 'F', 'ee'),
  line(4, 'stdout', 'F', ''),
].join('');

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), 'slipway-log-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function read(query: string, source: Partial<LogSource> = {}, path = join(folder, 'log')): Promise<string> {
  const options = logOptionsFromQuery(new URLSearchParams(query), Date.UTC(2026, 0, 1, 0, 0, 5));
  const whole = { path, isRunning: async () => false, signal: new AbortController().signal, ...source };
  let text = '';
  for await (const part of readContainerLog(whole, options)) text += part.toString();
  return text;
}

test('readContainerLog() gives what is asked for', async () => {
  await writeFile(join(folder, 'log'), content);
  const cases = [
    ['', 'one\ntwo\nthree\n\n'],
    ['tailLines=1', '\n'],
    ['tailLines=0', ''],
    ['tailLines=99', 'one\ntwo\nthree\n\n'],
    ['sinceSeconds=2', 'three\n\n'],
    ['sinceTime=2026-01-01T00:00:04Z', '\n'],
    ['limitBytes=5', 'one\nt'],
    ['stream=Stderr', 'two\n'],
    ['tailLines=1&timestamps=true', '2026-01-01T00:00:04.123456789Z \n'],
    ['follow=true', 'one\ntwo\nthree\n\n'],
  ] as const;
  for (const [query, wanted] of cases) assert.equal(await read(query), wanted, query);
});

test('readContainerLog() follows a log through its rotation to the end of its container', async () => {
  const path = join(folder, 'followed');
  await writeFile(path, line(1, 'stdout', 'F', 'one'));
  let asked = 0;
  const isRunning = async (): Promise<boolean> => {
    asked++;
    if (asked === 1) await appendFile(path, line(2, 'stdout', 'F', 'two'));
    if (asked === 2) {
      await rename(path, `${path}.old`);
      await writeFile(path, line(3, 'stdout', 'F', 'three'));
    }
    return asked < 4;
  };
  assert.equal(await read('follow=1', { isRunning }, path), 'one\ntwo\nthree\n');
});

test('logOptionsFromQuery() throws for what is no number or time', () => {
  for (const query of ['tailLines=-1', 'tailLines=x', 'limitBytes=0', 'sinceTime=yesterday', 'sinceSeconds=0']) {
    assert.throws(() => logOptionsFromQuery(new URLSearchParams(query), 0), /^LogOptionsError: invalid /, query);
  }
});
