/** The flags for how much history a store keeps, as etcd has them. */
import { DurationError, parseDuration } from '../api/duration.ts';
import type { Retention } from '../store/embedded/auto-compaction.ts';
import type { Flag, Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

const modeFlag = 'auto-compaction-mode';
const retentionFlag = 'auto-compaction-retention';

export const retentionFlags: Readonly<Record<string, Flag>> = {
  [modeFlag]: {
    value: 'MODE',
    help: 'What --auto-compaction-retention counts: periodic or revision (default periodic).',
  },
  [retentionFlag]: {
    value: 'HISTORY',
    help: 'History that is kept: a time such as 5m, hours as a number, or revisions (default 0 = all, until compacted).',
  },
};

const hourMs = 3_600_000;

/** Undefined: nothing is compacted unless somebody asks for it. @throws UsageError */
export function readRetention(flags: Invocation['flags']): Retention | undefined {
  const mode = flags.text(modeFlag) ?? 'periodic';
  const text = flags.text(retentionFlag) ?? '0';
  if (mode !== 'periodic' && mode !== 'revision') {
    throw new UsageError(`--${modeFlag} must be periodic or revision: "${mode}"`);
  }
  const number = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (number === 0) return undefined;
  if (mode === 'periodic') return { mode, keepMs: number === undefined ? readTime(text) : number * hourMs };
  if (number === undefined) throw new UsageError(`--${retentionFlag} must be a number of revisions: "${text}"`);
  return { mode, keep: number };
}

function readTime(text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
  }
  throw new UsageError(`--${retentionFlag} must be a time such as 5m, or hours as a number: "${text}"`);
}
