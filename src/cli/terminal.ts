/**
 * Where a command writes: answers to standard output, progress and errors to standard error, colours only where a person
 * looks. `up` and `demo` are for people and scripts alike, so their progress is their answer and goes to standard output.
 */
import { styleText } from 'node:util';

type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim' | 'cyan';

export interface Terminal {
  /** Somebody looks at standard output: lines may be rewritten. */
  readonly interactive: boolean;
  readonly columns: number;
  write(text: string): void;
  writeError(text: string): void;
  /** The text in this style, or as it is where colours are not wanted. */
  style(style: Style, text: string): string;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const interactive = stdout.isTTY === true && env['TERM'] !== 'dumb';
  // The reader of a pipe may leave early: `slipway --help | head -1`.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const colours = interactive && env['NO_COLOR'] === undefined;
  return {
    interactive,
    columns: stdout.columns ?? 80,
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}
