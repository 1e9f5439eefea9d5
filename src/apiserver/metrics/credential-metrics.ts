/** What is known of credentials that were good: how long certificates still are, and how old tokens are. */
import type { Registry } from '../../base/metrics.ts';

export interface CredentialMetrics {
  /** A certificate that ends in so many seconds. */
  certificate(secondsLeft: number): void;
  /**
   * A token of a service account. `legacy`: of a Secret, without an end; `stale`: older than its pod should have let it
   * become; `valid`: younger.
   */
  accountToken(age: 'legacy' | 'stale' | 'valid'): void;
}

const hour = 3600;
const day = 24 * hour;
const lifetimes = [
  0,
  hour / 2,
  hour,
  2 * hour,
  6 * hour,
  12 * hour,
  ...[1, 2, 4, 7, 30, 90, 180, 360].map((days) => days * day),
];

export function createCredentialMetrics(registry: Registry): CredentialMetrics {
  const certificates = registry
    .histogram({
      name: 'apiserver_client_certificate_expiration_seconds',
      help: 'How long the certificates of clients are still valid',
      buckets: lifetimes,
    })
    .of();
  const tokens = (age: string, help: string) =>
    registry.counter({ name: `serviceaccount_${age}_tokens_total`, help }).of();
  const byAge = {
    legacy: tokens('legacy', 'Tokens of Secrets that were used'),
    stale: tokens('stale', 'Tokens that were used and should have been renewed'),
    valid: tokens('valid', 'Tokens that were used and have a later renewal'),
  };
  return {
    certificate: (secondsLeft) => certificates.observe(secondsLeft),
    accountToken: (age) => byAge[age].add(),
  };
}
