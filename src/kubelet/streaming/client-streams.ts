/** A remote command as its server sees it, whatever protocol the client speaks. */
import type { Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../runtimes/runtime.ts';
import type { ExecOutcome } from './exec-status.ts';

/** The client's side of a command; streams that were not asked for are absent. */
export interface ClientStreams {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  /** Calls back for each new terminal size, also for one that came before. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Runs the command to its end, with all output written, and answers its exit code. What it throws is shown to the
 * client.
 */
export type ExecHandler = (streams: ClientStreams) => Promise<number>;

/** What a protocol gives once all its streams are there. */
export interface ExecSession extends ClientStreams {
  /** Reports how it ended, after all output, and closes. */
  finish(outcome: ExecOutcome): Promise<void>;
}
