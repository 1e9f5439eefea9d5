import type { SnapshotFacts } from '../store/snapshot/snapshot-file.ts';

/** One line about a backup, for people. */
export function describeSnapshot({ keys, revision, takenAtMs, bytes }: SnapshotFacts): string {
  const taken = new Date(takenAtMs).toISOString().replace('T', ' ').slice(0, 19);
  return `${keys} keys at revision ${revision}, ${(bytes / 1e6).toFixed(1)} MB, taken ${taken} UTC`;
}
