/**
 * The program `slipway`: finds the command, reads its arguments, runs it until it ends or a signal stops it, and turns
 * what it throws into one sentence. A stack is shown with --verbose only.
 */
import { SetupError } from '../cluster/setup-error.ts';
import { errorText } from '../base/log.ts';
import { closest } from './closest.ts';
import { readArguments } from './command.ts';
import { commands, type CommandEntry } from './command-list.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const exitStatus = { failed: 1, misused: 2 } as const;
/** A terminal's Ctrl-C reaches us more than once when npm stands between: a second wish to stop comes later than this. */
const secondSignalAfterMs = 1000;

process.exitCode = await main(process.argv.slice(2), processTerminal());

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help')
      return await help(rest[0], terminal);
    const entry = findCommand(name === '--version' ? 'version' : name);
    return await runCommand(entry, rest, terminal);
  } catch (error) {
    return explain(error, args, terminal);
  }
}

async function runCommand(entry: CommandEntry, args: readonly string[], terminal: Terminal): Promise<number> {
  const { command } = await entry.load();
  const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (command.passThrough !== true && (ownArgs.includes('--help') || ownArgs.includes('-h'))) {
    return await help(entry.name, terminal);
  }
  return await command.run({ ...readArguments(command, args), terminal, signal: stopSignal() });
}

async function help(name: string | undefined, terminal: Terminal): Promise<number> {
  const { commandHelp, generalHelp } = await import('./help.ts');
  if (name === undefined) {
    terminal.write(generalHelp(terminal));
    return 0;
  }
  const entry = findCommand(name);
  terminal.write(commandHelp(entry, (await entry.load()).command, terminal));
  return 0;
}

function findCommand(name: string): CommandEntry {
  const found = commands.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const near = closest(
    name,
    commands.map((entry) => entry.name),
  );
  throw new UsageError(`There is no command "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stop = (): void => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > secondSignalAfterMs) process.exit(exitStatus.failed);
    firstAt ??= now;
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return controller.signal;
}

function explain(error: unknown, args: readonly string[], terminal: Terminal): number {
  const mark = terminal.style('red', 'Error:');
  if (error instanceof UsageError) {
    const known = commands.some((entry) => entry.name === args[0]);
    terminal.writeError(`${mark} ${sentence(error.message)}\nTry: slipway ${known ? `${args[0]} ` : ''}--help\n`);
    return exitStatus.misused;
  }
  const verbose = args.includes('--verbose');
  const hint = verbose || error instanceof SetupError ? '' : ' Run it again with --verbose to see where.';
  terminal.writeError(`${mark} ${sentence(errorText(error))}${hint}\n`);
  if (verbose && error instanceof Error) terminal.writeError(`${error.stack ?? ''}\n`);
  return exitStatus.failed;
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
