/** Commands inside running simulated containers. */
import type { Readable } from 'node:stream';
import { sleep } from '../../base/clock.ts';
import type { LogStream } from './container-log.ts';
import { RuntimeError, type ExecRequest, type ExecResult, type ProcessStreams } from './runtime.ts';
import { knownCommand } from './simulated-command.ts';
import type { SimulatedContainer, SimulatedMachine } from './simulated-machine.ts';
import { simulatedPipes, SimulatedProcess } from './simulated-process.ts';

export function execSimulated(
  machine: SimulatedMachine,
  container: SimulatedContainer,
  request: ExecRequest,
): ProcessStreams {
  const pipes = simulatedPipes(request);
  const process = spawn(machine, container, { command: request.command, stdin: pipes.stdin, print: pipes.print });
  return pipes.join(process.ended, () => process.end());
}

export async function execSyncSimulated(
  machine: SimulatedMachine,
  container: SimulatedContainer,
  options: { readonly command: readonly string[]; readonly timeoutMs: number },
): Promise<ExecResult> {
  const printed = { stdout: '', stderr: '' };
  const print = (stream: LogStream, text: string): void => void (printed[stream] += text);
  const process = spawn(machine, container, { command: options.command, stdin: undefined, print });
  const waiting = new AbortController();
  const timeout =
    options.timeoutMs === 0
      ? new Promise<void>(() => undefined)
      : sleep(machine.clock, options.timeoutMs, waiting.signal);
  const exitCode = await Promise.race([process.ended, timeout]);
  waiting.abort();
  if (exitCode === undefined) {
    process.end();
    const text = `rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout ${options.timeoutMs / 1000}s exceeded: context deadline exceeded`;
    throw new RuntimeError('DeadlineExceeded', text);
  }
  return { stdout: Buffer.from(printed.stdout), stderr: Buffer.from(printed.stderr), exitCode };
}

interface Command {
  readonly command: readonly string[];
  readonly stdin: Readable | undefined;
  readonly print: (stream: LogStream, text: string) => void;
}

function spawn(
  machine: SimulatedMachine,
  container: SimulatedContainer,
  { command, stdin, print }: Command,
): SimulatedProcess {
  if (knownCommand(command) === undefined) {
    const reason = `exec: "${command[0] ?? ''}": executable file not found in $PATH: unknown`;
    const text = `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${reason}`;
    throw new RuntimeError('Unknown', `rpc error: code = Unknown desc = ${text}`);
  }
  const { env, files } = container;
  const hostname = env['HOSTNAME'] ?? '';
  const process = new SimulatedProcess({
    clock: machine.clock,
    argv: command,
    env,
    hostname,
    files,
    stdin,
    print,
    mayServe: false,
  });
  // A command does not outlive its container.
  void container.process?.ended.then(() => process.end());
  return process;
}
