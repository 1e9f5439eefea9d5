/**
 * Structured logging: one line an event on a stream, `time level component message key=value …`.
 * Secrets never go in: log names and revisions, not objects.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log under a narrower name, such as `controllers/deployment`. */
  named(component: string): Log;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LogOptions {
  readonly component: string;
  readonly level: LogLevel;
  readonly now: () => number;
  readonly write: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (ranks[level] < ranks[options.level]) return;
    const time = new Date(options.now()).toISOString();
    options.write(`${time} ${level.padEnd(5)} ${options.component}: ${message}${printFields(fields)}\n`);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    named: (component) => createLog({ ...options, component }),
  };
}

/** Says nothing: for tests, and for parts whose owner does the talking. */
export const silentLog: Log = createLog({ component: '', level: 'error', now: () => 0, write: () => undefined });

function printFields(fields: LogFields | undefined): string {
  if (fields === undefined) return '';
  let text = '';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    text += ` ${key}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value)}`;
  }
  return text;
}

/** One line for a thrown value, with what caused it. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${errorText(error.cause)}`;
}
