/**
 * Compaction from time to time, as etcd's --auto-compaction-mode and Kubernetes' servers do it: what was superseded longer
 * ago than is kept goes, and the file stops growing with the number of writes.
 *
 *   periodic   about once in `keepMs` (once an hour if that is longer): up to what was the latest revision `keepMs` ago
 *   revision   every five minutes: all but the last `keep` revisions
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StoreError } from '../store.ts';

export type Retention =
  | { readonly mode: 'periodic'; readonly keepMs: number }
  | { readonly mode: 'revision'; readonly keep: number };

export interface AutoCompactionParts {
  readonly store: {
    readonly revision: number;
    readonly compactRevision: number;
    compact(revision: number): Promise<void>;
  };
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Retention;
}

const hourMs = 3_600_000;
const fiveMinutesMs = 300_000;

/** Returns what ends it. */
export function startAutoCompaction({ store, clock, log, retention }: AutoCompactionParts): () => void {
  const everyMs = retention.mode === 'periodic' ? Math.min(retention.keepMs, hourMs) : fiveMinutesMs;
  const due = retention.mode === 'periodic' ? byTime(retention.keepMs) : byCount(retention.keep);
  let cancel: () => void;
  const look = async (): Promise<void> => {
    cancel = clock.after(everyMs, () => void look());
    const revision = due({ nowMs: clock.now(), revision: store.revision });
    if (revision <= store.compactRevision) return;
    try {
      await store.compact(revision);
      log.info('Compacted', { revision });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.reason !== 'closed') log.warn('Cannot compact', { revision, why: error.message });
    }
  };
  // The first look notes where the store stands.
  due({ nowMs: clock.now(), revision: store.revision });
  cancel = clock.after(everyMs, () => void look());
  return () => cancel();
}

interface Seen {
  readonly nowMs: number;
  readonly revision: number;
}

/** What may be compacted at each look; 0: nothing. */
type Due = (seen: Seen) => number;

function byTime(keepMs: number): Due {
  let seen: readonly Seen[] = [];
  return (now) => {
    const due = seen.findLast(({ nowMs }) => nowMs <= now.nowMs - keepMs);
    seen = [...seen.filter(({ nowMs }) => due === undefined || nowMs > due.nowMs), now];
    return due?.revision ?? 0;
  };
}

function byCount(keep: number): Due {
  return ({ revision }) => revision - keep;
}
