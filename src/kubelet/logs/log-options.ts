/** What part of a log is asked for. */
export interface LogOptions {
  readonly follow: boolean;
  /** Undefined: all of it. */
  readonly tailLines: number | undefined;
  readonly sinceMs: number | undefined;
  readonly timestamps: boolean;
  readonly limitBytes: number | undefined;
  /** Undefined: both. */
  readonly stream: 'stdout' | 'stderr' | undefined;
}

export class LogOptionsError extends Error {
  override readonly name = 'LogOptionsError';
}

/** From the query of a request for logs. @throws LogOptionsError */
export function logOptionsFromQuery(query: URLSearchParams, nowMs: number): LogOptions {
  const number = (name: string, least: number): number | undefined => {
    const text = query.get(name) ?? '';
    if (text === '') return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new LogOptionsError(`invalid ${name}: ${JSON.stringify(text)}`);
    return value;
  };
  const isSet = (name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '');
  const sinceSeconds = number('sinceSeconds', 1);
  const sinceTime = query.get('sinceTime') ?? '';
  const sinceTimeMs = sinceTime === '' ? undefined : Date.parse(sinceTime);
  if (Number.isNaN(sinceTimeMs)) throw new LogOptionsError(`invalid sinceTime: ${JSON.stringify(sinceTime)}`);
  const stream = query.get('stream');
  return {
    follow: isSet('follow'),
    tailLines: number('tailLines', 0),
    sinceMs: sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1000,
    timestamps: isSet('timestamps'),
    limitBytes: number('limitBytes', 1),
    stream: stream === 'Stdout' ? 'stdout' : stream === 'Stderr' ? 'stderr' : undefined,
  };
}
