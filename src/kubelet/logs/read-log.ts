/**
 * Reads a container's log file as users want to see it: without the runtime's prefixes, from the line or time they ask for, and on as it grows. A
 * rotated file is read to its end before its successor. Memory: one chunk of the file and one line.
 */
import { watch } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { parseLogLine, type LogLine } from './log-line.ts';
import type { LogOptions } from './log-options.ts';

export interface LogSource {
  readonly path: string;
  /** Whether more may be written. */
  isRunning(): Promise<boolean>;
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;
/** Where the file system tells nothing of changes, the file is looked at this often. */
const pollMs = 500;

export async function* readContainerLog(source: LogSource, options: LogOptions): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Infinity;
  for await (const line of lines(source, options)) {
    const entry = parseLogLine(line.toString());
    if (entry === undefined || !isWanted(entry, options)) continue;
    const text = Buffer.from(print(entry, options));
    if (text.length >= left) {
      yield text.subarray(0, left);
      return;
    }
    left -= text.length;
    yield text;
  }
}

function isWanted(entry: LogLine, { sinceMs, stream }: LogOptions): boolean {
  if (stream !== undefined && entry.stream !== stream) return false;
  return sinceMs === undefined || Date.parse(entry.time) >= sinceMs;
}

function print({ time, text, isPartial }: LogLine, { timestamps }: LogOptions): string {
  return `${timestamps ? `${time} ` : ''}${text}${isPartial ? '' : '\n'}`;
}

/** Lines without their feed; with `follow` until the container has ended. */
async function* lines(source: LogSource, { tailLines, follow }: LogOptions): AsyncGenerator<Buffer> {
  let file = await open(source.path, 'r');
  try {
    let position = tailLines === undefined ? 0 : await tailStart(file, tailLines);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
      if (bytesRead > 0) {
        position += bytesRead;
        const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        let begin = 0;
        for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, begin)) {
          yield data.subarray(begin, end);
          begin = end + 1;
        }
        rest = data.subarray(begin);
        continue;
      }
      if (!follow || source.signal.aborted) break;
      const successor = await openSuccessor(source.path, file);
      if (successor !== undefined) {
        await file.close();
        file = successor;
        position = 0;
        continue;
      }
      // Asked before the wait: what was written before the end is read by one more round.
      const isRunning = await source.isRunning();
      const { size } = await file.stat();
      if (size > position) continue;
      if (!isRunning) break;
      await untilChanged(source.path, source.signal);
    }
    if (rest.length > 0) yield rest;
  } finally {
    await file.close();
  }
}

/** The file of the same name, when it is no longer the one that is open. */
async function openSuccessor(path: string, file: FileHandle): Promise<FileHandle | undefined> {
  const [now, open_] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
  return now === undefined || now.ino === open_.ino ? undefined : open(path, 'r');
}

function untilChanged(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, pollMs);
    const watcher = watch(path, finish);
    watcher.on('error', finish);
    signal.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      watcher.close();
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}

/** Where the last lines begin, found from the end of the file. */
async function tailStart(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat();
  let feeds = 0;
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - chunkBytes);
    const { buffer } = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    for (let i = end - begin - 1; i >= 0; i--) {
      if (buffer[i] !== 10) continue;
      // The feed at the very end closes the last line.
      if (begin + i === size - 1) continue;
      feeds++;
      if (feeds === count) return begin + i + 1;
    }
    end = begin;
  }
  return count === 0 ? size : 0;
}
