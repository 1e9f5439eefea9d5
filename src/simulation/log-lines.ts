/**
 * What a simulated container has logged: nothing is kept, the lines follow from the rules and the time. As if the log was rotated, of each
 * rule's lines only the last are there.
 */
import { sleep, type Clock } from '../base/clock.ts';
import type { LogOptions } from '../kubelet/logs/log-options.ts';
import type { LogRule } from './scenario.ts';

export interface LoggedRun {
  readonly rules: readonly LogRule[];
  readonly startedAtMs: number;
  /** Infinity while it runs; asked again and again. */
  endedAtMs(): number;
  /** What stands for {pod}, {container} and so on in texts. */
  readonly words: Readonly<Record<string, string>>;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

const mostLines = 10_000;
/** Whether the container still runs is looked at this often. */
const lookMs = 1000;

/** With `follow` on until the container has ended or the signal aborts. */
export async function* readLogLines(
  clock: Clock,
  run: LoggedRun,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Infinity;
  let fromMs = run.startedAtMs;
  let isFirst = true;
  for (;;) {
    const endedAtMs = run.endedAtMs();
    const toMs = Math.min(clock.now(), endedAtMs);
    const found = linesBetween(run, Math.max(fromMs, options.sinceMs ?? 0), toMs, options.stream);
    const lines =
      isFirst && options.tailLines !== undefined ? found.slice(Math.max(0, found.length - options.tailLines)) : found;
    isFirst = false;
    for (const line of lines) {
      const text = Buffer.from(print(line, options));
      yield text.subarray(0, left);
      left -= text.length;
      if (left <= 0) return;
    }
    fromMs = toMs + 1;
    if (!options.follow || endedAtMs <= clock.now() || signal.aborted) return;
    await sleep(clock, Math.min(lookMs, Math.max(10, nextLineMs(run, fromMs) - clock.now())), signal);
  }
}

/** Both ends count. */
function linesBetween(run: LoggedRun, fromMs: number, toMs: number, stream: LogOptions['stream']): readonly Line[] {
  const lines = run.rules
    .filter((rule) => stream === undefined || rule.stream === stream)
    .flatMap((rule) => linesOf(rule, run, fromMs, toMs));
  return lines.toSorted((a, b) => a.atMs - b.atMs);
}

function linesOf({ everyMs, text }: LogRule, { startedAtMs, words }: LoggedRun, fromMs: number, toMs: number): Line[] {
  if (toMs < fromMs) return [];
  const print = (number: number): Line => {
    const atMs = startedAtMs + number * everyMs;
    const known: Readonly<Record<string, string>> = { ...words, n: String(number), time: new Date(atMs).toISOString() };
    return { atMs, text: text.replaceAll(/\{(\w+)\}/g, (whole, word: string) => known[word] ?? whole) };
  };
  if (everyMs === 0) return fromMs <= startedAtMs ? [print(0)] : [];
  const last = Math.floor((toMs - startedAtMs) / everyMs);
  const first = Math.max(0, Math.ceil((fromMs - startedAtMs) / everyMs), last - mostLines + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => print(first + index));
}

function nextLineMs({ rules, startedAtMs }: LoggedRun, fromMs: number): number {
  const times = rules
    .filter(({ everyMs }) => everyMs > 0)
    .map(({ everyMs }) => startedAtMs + Math.ceil((fromMs - startedAtMs) / everyMs) * everyMs);
  return Math.min(...times, Infinity);
}

function print({ atMs, text }: Line, { timestamps }: LogOptions): string {
  return `${timestamps ? `${new Date(atMs).toISOString()} ` : ''}${text}\n`;
}
