import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import type { LogOptions } from '../kubelet/logs/log-options.ts';
import { readLogLines, type LoggedRun } from './log-lines.ts';

const startMs = Date.UTC(2026, 0, 1);
const all: LogOptions = {
  follow: false,
  tailLines: undefined,
  sinceMs: undefined,
  timestamps: false,
  limitBytes: undefined,
  stream: undefined,
};
const run: LoggedRun = {
  rules: [
    { everyMs: 0, text: 'hello from {pod}', stream: 'stdout' },
    { everyMs: 1000, text: 'line {n} {other}', stream: 'stderr' },
  ],
  startedAtMs: startMs,
  endedAtMs: () => Infinity,
  words: { pod: 'web' },
};

async function read(options: Partial<LogOptions>, afterMs: number, of = run): Promise<string> {
  const clock = virtualClock(startMs + afterMs);
  const pieces: Buffer[] = [];
  for await (const piece of readLogLines(clock, of, { ...all, ...options }, new AbortController().signal))
    pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('readLogLines() gives the lines that the rules say were written by now', async () => {
  assert.equal(await read({}, 2500), 'hello from web\nline 0 {other}\nline 1 {other}\nline 2 {other}\n');
  assert.equal(await read({ tailLines: 1 }, 2500), 'line 2 {other}\n');
  assert.equal(await read({ tailLines: 0 }, 2500), '');
  assert.equal(await read({ stream: 'stdout' }, 2500), 'hello from web\n');
  assert.equal(await read({ sinceMs: startMs + 1500 }, 2500), 'line 2 {other}\n');
  assert.equal(await read({ limitBytes: 8 }, 2500), 'hello fr');
  assert.equal(await read({ timestamps: true, tailLines: 1 }, 1000), '2026-01-01T00:00:01.000Z line 1 {other}\n');
});

test('readLogLines() has no lines from after the end, and the last ten thousand of many', async () => {
  assert.equal(await read({ tailLines: 1 }, 90_000, { ...run, endedAtMs: () => startMs + 5000 }), 'line 5 {other}\n');
  assert.equal((await read({ stream: 'stderr' }, 30_000_000)).split('\n').length - 1, 10_000);
});

test('readLogLines() follows until the container has ended', async () => {
  const clock = virtualClock(startMs);
  let endedAtMs = Infinity;
  const lines = readLogLines(
    clock,
    { ...run, endedAtMs: () => endedAtMs },
    { ...all, follow: true, stream: 'stderr' },
    new AbortController().signal,
  );
  const next = async (): Promise<string | undefined> => {
    const step = lines.next();
    clock.advance(1000);
    const { value } = await step;
    return value?.toString();
  };
  assert.equal(await next(), 'line 0 {other}\n');
  assert.equal(await next(), 'line 1 {other}\n');
  endedAtMs = startMs + 2500;
  assert.equal(await next(), 'line 2 {other}\n');
  assert.equal(await next(), undefined);
});
