/** The flags of an API server's limits, as kube-apiserver has them. */
import { parseDuration } from '../api/duration.ts';
import type { RequestLimits } from '../apiserver/request-limits.ts';
import type { Flag, Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

export const requestLimitFlags: Readonly<Record<string, Flag>> = {
  'request-timeout': {
    value: 'DURATION',
    help: 'Longest that a request may take that does not run long (default 1m).',
  },
  'min-request-timeout': { value: 'SECONDS', help: 'Watches last this to twice as long (default 1800).' },
  'max-requests-inflight': { value: 'N', help: 'Reads at once (default 400); with the next one, seats to share.' },
  'max-mutating-requests-inflight': { value: 'N', help: 'Writes at once (default 200).' },
  'enable-priority-and-fairness': { value: 'BOOL', help: 'Share seats by FlowSchemas (default true).' },
  'goaway-chance': { value: 'PART', help: 'Part of HTTP/2 requests after which clients connect anew (default 0).' },
  'shutdown-delay-duration': { value: 'DURATION', help: 'How long to go on answering before the end (default 0s).' },
};

/** What was given. @throws UsageError */
export function readRequestLimits(flags: Invocation['flags']): Partial<RequestLimits> {
  const given = {
    requestTimeoutMs: milliseconds(flags, 'request-timeout'),
    minRequestTimeoutSeconds: flags.number('min-request-timeout', 1, 1_000_000),
    maxInFlight: flags.number('max-requests-inflight', 0, 1_000_000),
    maxMutatingInFlight: flags.number('max-mutating-requests-inflight', 0, 1_000_000),
    fairness: truth(flags, 'enable-priority-and-fairness'),
    goawayChance: part(flags, 'goaway-chance', 0.02),
    shutdownDelayMs: milliseconds(flags, 'shutdown-delay-duration'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @throws UsageError for what is no length of time. */
export function milliseconds(flags: Invocation['flags'], name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  try {
    const value = parseDuration(text);
    if (value >= 0) return value;
  } catch {
    // Told below.
  }
  throw new UsageError(`--${name} must be a length of time such as 30s or 1m: "${text}"`);
}

/** @throws UsageError for what is neither true nor false. */
export function truth(flags: Invocation['flags'], name: string): boolean | undefined {
  const text = flags.choice(name, ['true', 'false']);
  return text === undefined ? undefined : text === 'true';
}

function part(flags: Invocation['flags'], name: string, most: number): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= most) return value;
  throw new UsageError(`--${name} must be a number from 0 to ${most}: "${text}"`);
}
