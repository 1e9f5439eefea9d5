/** The log format of container runtimes, a line each: `2026-11-22T10:00:00.123456789Z stdout F text`. */

export interface LogLine {
  /** RFC 3339 with nanoseconds, as it stands. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** The line goes on with the next entry of the stream. */
  readonly isPartial: boolean;
  readonly text: string;
}

/** Without its line feed; undefined for what is no entry. */
export function parseLogLine(line: string): LogLine | undefined {
  const match = /^(\S+) (stdout|stderr) ([FP])(?::\S*)? ?([\s\S]*)$/.exec(line);
  if (match === null) return undefined;
  const [, time = '', stream, tag, text = ''] = match;
  return { time, stream: stream === 'stderr' ? 'stderr' : 'stdout', isPartial: tag === 'P', text };
}
