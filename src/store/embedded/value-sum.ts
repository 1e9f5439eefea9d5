/**
 * Sums that tell a damaged value from a sound one: SQLite finds damage to its own structures, not to what it carries.
 *
 * A CRC-32 over revision, key and value, so that a page which was written to the wrong place, or not at all and shows an
 * older state, is found as well as a flipped bit.
 */
import { crc32 } from 'node:zlib';
import { textOfKey } from '../key.ts';
import { StoreError } from '../store.ts';

export function sumOfRow(key: string, revision: number, value: Uint8Array): number {
  return crc32(value, crc32(key, revision % 2 ** 32));
}

/** @param sum As stored; null for a value of a time before there were sums. */
export function isIntact(
  row: { readonly key: string; readonly revision: number; readonly value: Uint8Array },
  sum: unknown,
): boolean {
  return sum === null || Number(sum) === sumOfRow(row.key, row.revision, row.value);
}

export function damagedValue(key: string, revision: number): StoreError {
  return new StoreError(
    'corrupt',
    `The value of "${textOfKey(key)}" of revision ${revision} is damaged on disk; restore a backup`,
  );
}
