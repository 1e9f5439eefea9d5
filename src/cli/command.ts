/**
 * What a command of `slipway` is, and how its arguments are read: node:util's parseArgs with help texts beside the flags.
 *
 * The folder commands/ has one file a command, each exporting `command`; command-list.ts names them all with a summary,
 * so that help needs to load none and a run loads one.
 */
import { parseArgs } from 'node:util';
import { closest } from './closest.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface Flag {
  /** What the value is called in the help: `DIR`, `N`. Without it the flag is a switch, also written `=true`, `=false`. */
  readonly value?: string;
  /** It may be given several times. */
  readonly many?: boolean;
  readonly help: string;
}

export interface Command {
  /** Arguments after the flags, as the usage line shows them: `FILE …`. */
  readonly parameters?: string;
  /** What it does, in a few sentences. */
  readonly description: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Command line → what it does. */
  readonly examples: Readonly<Record<string, string>>;
  /** Hands everything after the command's name on as it is: for programs that read their own flags. */
  readonly passThrough?: boolean;
  /** Ends with the process's exit status. */
  run(invocation: Invocation): Promise<number>;
}

export interface Invocation {
  readonly flags: FlagValues;
  readonly parameters: readonly string[];
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C and on SIGTERM. */
  readonly signal: AbortSignal;
}

export const verboseFlag: Readonly<Record<'verbose', Flag>> = {
  verbose: { help: 'Say more: log every component, show the stack of an error.' },
};

type FlagRecord = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** The values that were given; `undefined` for flags that were not. */
class FlagValues {
  readonly #values: FlagRecord;

  constructor(values: FlagRecord) {
    this.#values = values;
  }

  /** All that were given, as text. */
  get given(): Readonly<Record<string, string>> {
    const given = Object.entries(this.#values).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== false;
  }

  /** What a switch was set to; undefined when it was not given. */
  switched(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** All values of a flag that may be given several times. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    if (typeof value === 'object') return value.filter((one) => typeof one === 'string');
    return typeof value === 'string' ? [value] : [];
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** @throws UsageError when the value is no whole number between the bounds. */
  number(name: string, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}: "${text}"`);
  }

  /** @throws UsageError when the value is none of the choices. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}: "${text}"`);
  }
}

/**
 * Reads the arguments that follow the command's name.
 * @throws UsageError for a flag that the command does not have, or one without its value.
 */
export function readArguments(
  command: Command,
  args: readonly string[],
): { readonly flags: FlagValues; readonly parameters: readonly string[] } {
  if (command.passThrough === true) return { flags: new FlagValues({}), parameters: args };
  const options = Object.entries(command.flags).map(([name, flag]) => {
    const type: 'string' | 'boolean' = flag.value === undefined ? 'boolean' : 'string';
    return [name, { type, multiple: flag.many === true }] as const;
  });
  for (const arg of args) {
    if (arg === '--') break;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined && command.flags[name] === undefined) throw unknownFlag(command, name);
  }
  const { rest, off } = readSwitches(command, args);
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: Object.fromEntries(options),
      allowPositionals: true,
      strict: true,
    });
    if (positionals.length > 0 && command.parameters === undefined) {
      throw new UsageError(`Nothing is expected after the flags: "${positionals.join(' ')}"`);
    }
    return { flags: new FlagValues({ ...off, ...values }), parameters: positionals };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    throw new UsageError((error as Error).message.split('. ')[0] ?? '');
  }
}

/** Kubernetes' way to write switches: `--name=false`. */
function readSwitches(command: Command, args: readonly string[]) {
  const off: Record<string, false> = {};
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const rest = args.flatMap((arg, index) => {
    const [, name = '', value] = /^--([^=]+)=(true|false)$/.exec(arg) ?? [];
    const flag = index < end ? command.flags[name] : undefined;
    if (flag === undefined || flag.value !== undefined) return [arg];
    if (value === 'true') return [`--${name}`];
    off[name] = false;
    return [];
  });
  return { rest, off };
}

function unknownFlag(command: Command, name: string): UsageError {
  const near = closest(name, Object.keys(command.flags));
  return new UsageError(`There is no flag "--${name}"${near === undefined ? '' : `; did you mean "--${near}"?`}`);
}
