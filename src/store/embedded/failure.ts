/** SQLite's result codes (https://www.sqlite.org/rescode.html), and what the system says of files, in the store's own words. */
import { errorText } from '../../base/log.ts';
import { StoreError } from '../store.ts';
import type { Failure } from './messages.ts';

const reasonOfCode: ReadonlyMap<number, Failure['reason']> = new Map([
  [11, 'corrupt'], // SQLITE_CORRUPT
  [13, 'no-space'], // SQLITE_FULL
  [26, 'corrupt'], // SQLITE_NOTADB
]);

/** SQLITE_IOERR_SHMSIZE: the log's index cannot grow, which is how a full disk shows itself now and then. */
const cannotGrowIndex = 10 | (19 << 8);

export function toFailure(error: unknown): Failure {
  if (error instanceof StoreError) return { reason: error.reason, message: error.message };
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    return { reason: isFull ? 'no-space' : 'unavailable', message: error.message };
  }
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  const reason = code === cannotGrowIndex ? 'no-space' : (reasonOfCode.get(code & 0xff) ?? 'unavailable');
  return { reason, message: `${errorText(error)} (SQLite result ${code})` };
}
