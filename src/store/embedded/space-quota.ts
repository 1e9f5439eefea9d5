/**
 * How large the database may grow before puts are refused, as etcd's --quota-backend-bytes: the first put beyond raises
 * the alarm NOSPACE, and none is taken until it is disarmed. Deleting, compacting and defragmenting go on.
 */
import type { Log } from '../../base/log.ts';
import { StoreError } from '../store.ts';
import type { Alarms } from './alarms.ts';

/** What a put may cost besides its value: key, index and the rest of its pages. etcd counts as much. */
const putBytes = 512;

export interface SpaceQuotaOptions {
  readonly limitBytes: number;
  /** Size of the file now. */
  readonly fileBytes: number;
  readonly alarms: Alarms;
  readonly log: Log;
}

export class SpaceQuota {
  readonly limitBytes: number;
  readonly #alarms: Alarms;
  readonly #log: Log;
  #fileBytes: number;
  /** Of puts that were taken and have not landed. */
  #pendingBytes = 0;

  constructor({ limitBytes, fileBytes, alarms, log }: SpaceQuotaOptions) {
    this.limitBytes = limitBytes;
    this.#fileBytes = fileBytes;
    this.#alarms = alarms;
    this.#log = log;
  }

  /** Takes room for the values. @throws StoreError `no-space`, with nothing taken. */
  take(values: readonly Uint8Array[]): void {
    if (values.length === 0) return;
    const cost = costOf(values);
    if (this.#fileBytes + this.#pendingBytes + cost > this.limitBytes && !this.#alarms.isRaised('NOSPACE')) {
      this.#alarms.raise('NOSPACE');
      this.#log.error('The database has reached its quota: compact, defragment, then disarm the alarm NOSPACE', {
        quotaBytes: this.limitBytes,
        fileBytes: this.#fileBytes,
      });
    }
    this.assertSpace();
    this.#pendingBytes += cost;
  }

  /** @throws StoreError `no-space` while the alarm is raised. */
  assertSpace(): void {
    if (this.#alarms.isRaised('NOSPACE')) {
      throw new StoreError('no-space', 'etcdserver: mvcc: database space exceeded');
    }
  }

  /** These values are in the file, or will never be. */
  settle(values: readonly Uint8Array[]): void {
    this.#pendingBytes -= costOf(values);
  }

  measured(fileBytes: number): void {
    this.#fileBytes = fileBytes;
  }
}

const costOf = (values: readonly Uint8Array[]): number =>
  values.reduce((sum, { byteLength }) => sum + byteLength + putBytes, 0);
