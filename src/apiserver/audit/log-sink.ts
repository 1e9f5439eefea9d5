/** Audit events as lines of a file. */
import type { Clock } from '../../base/clock.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';
import { Batch, type BatchOptions } from './batch.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { textLine } from './text-line.ts';
import { truncate, type TruncateOptions } from './truncate.ts';

/**
 * batch: requests wait for nothing. blocking: they wait until their events are written. blocking-strict: so, and one whose
 * first event cannot be written is refused.
 */
export type AuditMode = 'batch' | 'blocking' | 'blocking-strict';

export interface LogSinkOptions extends Omit<LogFileOptions, 'now'> {
  readonly format: 'json' | 'legacy';
  readonly mode: AuditMode;
  readonly batch: BatchOptions;
  readonly truncate: TruncateOptions | undefined;
}

/** Told of events that did not get where they belong. */
export type AuditFailure = (plugin: 'log' | 'webhook', count: number, why: string) => void;

export function createLogSink(options: LogSinkOptions, clock: Clock, failed: AuditFailure): AuditSink {
  const lost = (error: unknown): void => failed('log', 1, String(error));
  const file = new LogFile({ ...options, now: clock.now }, lost);
  const line = options.format === 'json' ? (event: AuditEvent) => JSON.stringify(event) : textLine;
  const write = async (events: readonly AuditEvent[]): Promise<boolean> => {
    const tooLarge = (count: number): void => failed('log', count, 'the event is too large');
    const batches = options.truncate === undefined ? [events] : truncate(events, options.truncate, tooLarge);
    const written = batches.map((batch) => file.write(batch.map((event) => `${line(event)}\n`).join('')));
    return (await Promise.all(written)).every((done) => done);
  };
  if (options.mode === 'batch') {
    const full = (count: number): void => failed('log', count, 'the buffer is full');
    const batch = new Batch(options.batch, clock, write, full);
    return {
      process: (events) => batch.process(events),
      async close() {
        await batch.close();
        await file.close();
      },
    };
  }
  const strict = options.mode === 'blocking-strict';
  return {
    process: async (events) => (await write(events)) || !strict,
    close: () => file.close(),
  };
}
