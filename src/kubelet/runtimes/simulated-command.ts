/**
 * What programs do inside simulated containers. Known ones behave as their names say, on the clock that is passed in:
 *
 *   echo, printf, cat, env, printenv, hostname, pwd, true, false, test -e, sleep N, exit N, :, trap '' TERM, sh -c SCRIPT, sh (reading its input)
 *   simulate-oom: ends with 137 as if killed for want of memory
 *
 * As a container's first process any other program runs until it is stopped, like a server; as a command in a container
 * it does not exist.
 */
import type { Readable } from 'node:stream';
import type { LogStream } from './container-log.ts';
import type { SimulatedFiles } from './simulated-files.ts';
import { parseScript, type Output, type Script, type Statement, type Word } from './simulated-script.ts';

export interface CommandContext {
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly files: SimulatedFiles;
  readonly stdin: Readable | undefined;
  print(stream: LogStream, text: string): void;
  /** Resolves after a time, or at once when the process is killed. */
  sleep(ms: number): Promise<void>;
  /** Aborts when the process is killed. */
  readonly signal: AbortSignal;
  /** The process wants no SIGTERM. */
  ignoreTermination(): void;
  /** The process is killed for want of memory. */
  runOutOfMemory(): void;
}

const notFound = 127;
const shells = new Set(['sh', 'bash', 'ash', 'dash']);

/** Undefined when no program of that name is known here. */
export function knownCommand(argv: readonly string[]): ((context: CommandContext) => Promise<number>) | undefined {
  const program = argv[0]?.split('/').at(-1) ?? '';
  const run = programs[program];
  if (run !== undefined) return (context) => run(argv.slice(1), context);
  if (!shells.has(program)) return undefined;
  return (context) => runShell(argv.slice(1), context);
}

async function runShell(args: readonly string[], context: CommandContext): Promise<number> {
  const flag = args.findIndex((arg) => /^-\w*c$/.test(arg));
  const run = new Shell(context);
  if (flag >= 0) return run.runText(args[flag + 1] ?? '');
  let status = 0;
  let rest = '';
  for await (const chunk of context.stdin ?? []) {
    const lines = (rest + String(chunk)).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      status = await run.runText(line);
      if (run.exited) return status;
    }
  }
  return rest === '' ? status : run.runText(rest);
}

class Shell {
  exited = false;
  private status = 0;
  private readonly context: CommandContext;
  private readonly variables: Record<string, string> = {};

  constructor(context: CommandContext) {
    this.context = context;
  }

  async runText(text: string): Promise<number> {
    let script: Script;
    try {
      script = parseScript(text);
    } catch (error) {
      this.context.print('stderr', `sh: ${error instanceof Error ? error.message : String(error)}\n`);
      return 2;
    }
    return this.run(script);
  }

  private async run(script: Script): Promise<number> {
    for (const { after, statement } of script) {
      if (this.exited || this.context.signal.aborted) break;
      if ((after === '&&' && this.status !== 0) || (after === '||' && this.status === 0)) continue;
      this.status = await this.runStatement(statement);
    }
    return this.status;
  }

  private async runStatement(statement: Statement): Promise<number> {
    if (statement.kind === 'loop') return this.runLoop(statement);
    const words = statement.words.map((word) => this.expand(word)).filter((word, i) => word !== '' || i > 0);
    const [name = '', ...args] = words;
    const assignment = words.length === 1 ? /^(\w+)=(.*)$/s.exec(name) : null;
    if (assignment !== null) {
      this.variables[assignment[1] ?? ''] = assignment[2] ?? '';
      return 0;
    }
    if (name === '') return 0;
    if (name === 'exit') {
      this.exited = true;
      return Number(args[0] ?? this.status) & 0xff;
    }
    if (name === 'exec' && args.length > 0) {
      this.exited = true;
      return this.runCommand(args, statement.output);
    }
    return this.runCommand(words, statement.output);
  }

  /** A loop that does not sleep must still let time pass, or it would never let go. */
  private async runLoop(loop: Statement & { readonly kind: 'loop' }): Promise<number> {
    const shortestRoundMs = 10;
    while (!this.context.signal.aborted) {
      this.status = 0;
      const holds = (await this.run(loop.condition)) === 0;
      if (this.exited || holds !== loop.while) break;
      await this.run(loop.body);
      if (this.exited) return this.status;
      await this.context.sleep(shortestRoundMs);
    }
    return 0;
  }

  private async runCommand(argv: readonly string[], output: Output): Promise<number> {
    const command = knownCommand(argv);
    if (command === undefined) {
      this.context.print('stderr', `sh: ${argv[0] ?? ''}: not found\n`);
      return notFound;
    }
    const env = { ...this.context.env, ...this.variables };
    if (output.to === 'file') return this.writeFile(output, (print) => command({ ...this.context, env, print }));
    if (output.to === 'stdout') return command({ ...this.context, env });
    return command({ ...this.context, env, print: (_stream, text) => this.context.print('stderr', text) });
  }

  private async writeFile(
    output: Output & { readonly to: 'file' },
    command: (print: CommandContext['print']) => Promise<number>,
  ): Promise<number> {
    let written = '';
    const print: CommandContext['print'] = (stream, text) => {
      if (stream === 'stdout') written += text;
      else this.context.print(stream, text);
    };
    const status = await command(print);
    try {
      this.context.files.write(this.expand(output.path), written, output.append);
    } catch (error) {
      this.context.print('stderr', `sh: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
    return status;
  }

  private expand(word: Word): string {
    return word
      .map(({ text, expand }) =>
        expand ? text.replaceAll(/\$(?:(\w+|\?)|\{(\w+)\})/g, (_, a, b) => this.value(String(a ?? b))) : text,
      )
      .join('');
  }

  private value(name: string): string {
    if (name === '?') return String(this.status);
    if (name === 'HOSTNAME') return this.context.hostname;
    return this.variables[name] ?? this.context.env[name] ?? '';
  }
}

type Program = (args: readonly string[], context: CommandContext) => Promise<number>;

const programs: Readonly<Record<string, Program>> = {
  true: async () => 0,
  ':': async () => 0,
  false: async () => 1,
  exit: async (args) => Number(args[0] ?? 0) & 0xff,
  async echo(args, { print }) {
    const [first, ...rest] = args;
    print('stdout', first === '-n' ? rest.join(' ') : `${args.join(' ')}\n`);
    return 0;
  },
  async printf([format = '', ...args], { print }) {
    let next = 0;
    const text = format.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    print(
      'stdout',
      text.replaceAll(/%[sd]/g, () => args[next++] ?? ''),
    );
    return 0;
  },
  async hostname(_args, { print, hostname }) {
    print('stdout', `${hostname}\n`);
    return 0;
  },
  async pwd(_args, { print }) {
    print('stdout', '/\n');
    return 0;
  },
  env: printEnvironment,
  printenv: printEnvironment,
  sleep,
  cat,
  test: exists,
  '[': exists,
  async trap([action, ...signals], context) {
    if (action === '' && signals.some((signal) => /^(SIG)?TERM$|^15$/.test(signal))) context.ignoreTermination();
    return 0;
  },
  async 'simulate-oom'(_args, context) {
    context.runOutOfMemory();
    return 137;
  },
};

async function printEnvironment(names: readonly string[], { print, env }: CommandContext): Promise<number> {
  if (names.length === 0) {
    for (const [name, value] of Object.entries(env)) print('stdout', `${name}=${value}\n`);
    return 0;
  }
  for (const name of names) if (env[name] !== undefined) print('stdout', `${env[name]}\n`);
  return names.every((name) => env[name] !== undefined) ? 0 : 1;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

async function sleep(args: readonly string[], context: CommandContext): Promise<number> {
  for (const arg of args) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg);
    if (match === null && arg !== 'infinity') {
      context.print('stderr', `sleep: invalid number '${arg}'\n`);
      return 1;
    }
    await context.sleep(match === null ? Infinity : Number(match[1]) * (unitMs[match[2] || 's'] ?? 1000));
  }
  return 0;
}

async function cat(paths: readonly string[], { print, files, stdin }: CommandContext): Promise<number> {
  if (paths.length === 0) for await (const chunk of stdin ?? []) print('stdout', String(chunk));
  let status = 0;
  for (const path of paths) {
    const content = files.read(path);
    if (content !== undefined) print('stdout', content.toString());
    else {
      print('stderr', `cat: can't open '${path}': No such file or directory\n`);
      status = 1;
    }
  }
  return status;
}

/** `test -e PATH` and its like; `[` has a closing bracket. */
async function exists(args: readonly string[], { files }: CommandContext): Promise<number> {
  const [flag, path] = args;
  return /^-[efdrs]$/.test(flag ?? '') && path !== undefined && files.exists(path) ? 0 : 1;
}
