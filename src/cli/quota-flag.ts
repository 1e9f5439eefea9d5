/** The flag for how large the store may grow, as etcd has it. */
import type { Flag, Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

const name = 'quota-backend-bytes';

export const quotaFlag: Readonly<Record<string, Flag>> = {
  [name]: {
    value: 'BYTES',
    help: 'Size of the store beyond which puts are refused and the alarm NOSPACE raised (default 2147483648; -1 = none).',
  },
};

/** What etcd takes when it is told nothing, or 0. */
const defaultBytes = 2 * 1024 ** 3;

/** Infinity: no limit. @throws UsageError */
export function readQuota(flags: Invocation['flags']): number {
  const text = flags.text(name) ?? '0';
  if (!/^-?\d{1,15}$/.test(text)) throw new UsageError(`--${name} must be a number of bytes: "${text}"`);
  const bytes = Number(text);
  if (bytes < 0) return Infinity;
  return bytes === 0 ? defaultBytes : bytes;
}
