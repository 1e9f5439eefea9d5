/**
 * A node's client certificate is renewed before it ends: when 70 to 90 % of its life are over, by chance, so that the nodes of a
 * cluster do not all ask at once. A try that fails is made again, later and later.
 */
import { X509Certificate } from 'node:crypto';
import { backoffDelay, type Backoff } from '../../base/backoff.ts';
import type { KeyPair } from '../../base/certificate.ts';
import { sleep } from '../../base/clock.ts';
import { errorText, type Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { requestClientCertificate, type CertificateWish } from './request-certificate.ts';

const answeredWithinMs = 15 * 60_000;
const retry: Backoff = { baseMs: 5000, maxMs: 600_000, jitter: 0.1 };

export interface RotationOptions extends CertificateWish {
  readonly random: Random;
  readonly log: Log;
  /** PEM of what is in use at the start. */
  readonly certificate: string;
  /** Takes the new pair into use; its client is asked from then on. */
  renewed(pair: KeyPair): Promise<void>;
}

/** `chance`: from 0 to 1. */
export function rotationAtMs(certificate: string, chance: number): number {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const lifetimeMs = validToDate.getTime() - validFromDate.getTime();
  return validFromDate.getTime() + lifetimeMs * (0.7 + 0.2 * chance);
}

/** Runs until the signal aborts. */
export async function runRotation(signal: AbortSignal, options: RotationOptions): Promise<void> {
  const { clock, random, log } = options;
  let { certificate } = options;
  let failures = 0;
  while (!signal.aborted) {
    const waitMs = rotationAtMs(certificate, random.next()) - clock.now();
    await sleep(clock, failures > 0 ? backoffDelay(retry, failures, random) : Math.max(waitMs, 0), signal);
    if (signal.aborted) return;
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(answeredWithinMs)]);
    try {
      const pair = await requestClientCertificate(options, attempt);
      await options.renewed(pair);
      ({ certificate } = pair);
      failures = 0;
      log.info('Renewed the client certificate', { until: new X509Certificate(certificate).validTo });
    } catch (error) {
      failures++;
      log.warn('Could not renew the client certificate', { why: errorText(error) });
    }
  }
}
