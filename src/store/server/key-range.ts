/** etcd's way to name a range of keys: no end for the single key, the byte 0 as end for all that follow. */
import { keyAfter } from '../key.ts';

export interface KeyRange {
  readonly start: string;
  /** First key that is no longer part of it. */
  readonly end: string;
}

/** Greater than every key: its character is more than a byte. */
const endOfKeys = '\u0100';

export function rangeOf({ key, rangeEnd }: { readonly key: string; readonly rangeEnd: string }): KeyRange {
  if (rangeEnd === '') return { start: key, end: keyAfter(key) };
  return { start: key, end: rangeEnd === '\0' ? endOfKeys : rangeEnd };
}
