/**
 * Container logs in the format that kubelets agreed on with runtimes: one line each, `<time> <stream> <tag> <content>`;
 * tag `F` ends a line, `P` says that the rest of it follows.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export type LogStream = 'stdout' | 'stderr';

export interface ContainerLog {
  write(stream: LogStream, text: string): void;
  /** Writes what has no line end yet. */
  end(): void;
}

/** Appends to a file by its name, so that a rotated file is followed by a new one at the next line. */
export function openContainerLog(path: string, now: () => number): ContainerLog {
  const rest: Record<LogStream, string> = { stdout: '', stderr: '' };
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, '');
  const append = (stream: LogStream, lines: readonly string[], tag: 'F' | 'P'): void => {
    if (lines.length > 0) appendFileSync(path, lines.map((line) => printLogLine(now(), stream, tag, line)).join(''));
  };
  return {
    write(stream, text) {
      const lines = (rest[stream] + text).split('\n');
      rest[stream] = lines.pop() ?? '';
      append(stream, lines, 'F');
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (rest[stream] !== '') append(stream, [rest[stream]], 'P');
        rest[stream] = '';
      }
    },
  };
}

function printLogLine(timeMs: number, stream: LogStream, tag: 'F' | 'P', line: string): string {
  return `${new Date(timeMs).toISOString().replace('Z', '000000Z')} ${stream} ${tag} ${line}\n`;
}
