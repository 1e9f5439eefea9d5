/** A container's last words: what it wrote to its message file or, where it failed and wrote nothing, the end of its log. */
import { open } from 'node:fs/promises';
import { parseLogLine } from '../logs/log-line.ts';

const longestMessage = 4096;
const longestLogMessage = 2048;
const mostLogLines = 80;

export interface MessageSource {
  readonly file: string;
  readonly logPath: string;
  /** File | FallbackToLogsOnError */
  readonly policy: string;
  readonly exitCode: number;
}

export async function terminationMessage({ file, logPath, policy, exitCode }: MessageSource): Promise<string> {
  const written = (await lastBytes(file, longestMessage)).toString();
  if (written !== '' || policy !== 'FallbackToLogsOnError' || exitCode === 0) return written;
  const tail = (await lastBytes(logPath, 8 * longestLogMessage)).toString();
  const entries = tail.split('\n').map((line) => parseLogLine(line));
  const lines = entries.filter((entry) => entry !== undefined).slice(-mostLogLines);
  return lines
    .map(({ text, isPartial }) => (isPartial ? text : `${text}\n`))
    .join('')
    .slice(-longestLogMessage);
}

async function lastBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
