/** A process of a simulated container: runs a command on the clock and can be stopped like a real one. */
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { sleep, type Clock } from '../../base/clock.ts';
import type { LogStream } from './container-log.ts';
import type { ProcessStreams, StreamRequest } from './runtime.ts';
import { knownCommand } from './simulated-command.ts';
import type { SimulatedFiles } from './simulated-files.ts';

export interface ProcessOptions {
  readonly clock: Clock;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly files: SimulatedFiles;
  readonly stdin: Readable | undefined;
  readonly print: (stream: LogStream, text: string) => void;
  /** Whether a program that is not known runs until it is stopped, like a server. */
  readonly mayServe: boolean;
}

const killedExitCode = 137;
const terminatedExitCode = 143;

export class SimulatedProcess {
  /** The exit code; never rejects. */
  readonly ended: Promise<number>;
  outOfMemory = false;
  private readonly kill = new AbortController();
  private signalCode: number | undefined;
  private ignoresTermination = false;
  private readonly serves: boolean;

  constructor(options: ProcessOptions) {
    const command = knownCommand(options.argv);
    this.serves = command === undefined && options.mayServe;
    const context = {
      ...options,
      signal: this.kill.signal,
      sleep: (ms: number) => this.pause(options.clock, ms),
      ignoreTermination: () => void (this.ignoresTermination = true),
      runOutOfMemory: () => void (this.outOfMemory = true),
    };
    const body = this.serves
      ? this.pause(options.clock, Infinity).then(() => 0)
      : (command?.(context) ?? Promise.resolve(127));
    const killed = new Promise<number>((resolve) => {
      this.kill.signal.addEventListener('abort', () => resolve(0), { once: true });
    });
    this.ended = Promise.race([body, killed]).then((code) => this.signalCode ?? code);
  }

  /** SIGTERM: a server ends in good order, a script is cut off, and what ignores the signal goes on. */
  terminate(): void {
    if (!this.ignoresTermination) this.end(this.serves ? 0 : terminatedExitCode);
  }

  /** SIGKILL. */
  end(exitCode = killedExitCode): void {
    if (this.kill.signal.aborted) return;
    this.signalCode = exitCode;
    this.kill.abort();
  }

  private pause(clock: Clock, ms: number): Promise<void> {
    if (Number.isFinite(ms)) return sleep(clock, ms, this.kill.signal);
    return new Promise((resolve) => {
      this.kill.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

export interface SimulatedPipes {
  readonly stdin: PassThrough | undefined;
  print(stream: LogStream, text: string): void;
  /** The caller's ends, with how it ends. */
  join(exitCode: Promise<number>, close: () => void): ProcessStreams;
}

/**
 * Streams between a simulated process and who started it. With a terminal both outputs are one, and lines end as on
 * one.
 */
export function simulatedPipes(request: StreamRequest): SimulatedPipes {
  const open = (wanted: boolean): PassThrough | undefined => (wanted ? new PassThrough() : undefined);
  const [stdin, stdout] = [open(request.stdin), open(request.stdout)];
  const stderr = open(request.stderr && !request.tty);
  const write = (to: Writable | undefined, text: string): void => {
    if (to?.writable === true) to.write(request.tty ? text.replaceAll(/\r?\n/g, '\r\n') : text);
  };
  return {
    stdin,
    print: (stream, text) => write(stream === 'stdout' || request.tty ? stdout : stderr, text),
    join(exitCode, close) {
      const finish = (): void => {
        stdout?.end();
        stderr?.end();
      };
      void exitCode.then(finish, finish);
      return { stdin, stdout, stderr, exitCode, resize: () => undefined, close };
    },
  };
}
