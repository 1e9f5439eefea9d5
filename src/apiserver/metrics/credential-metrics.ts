/** What is known of credentials that were good: how long certificates still are, and how old tokens are. */
import { performance } from 'node:perf_hooks';
import type { Registry } from '../../base/metrics.ts';

export interface CredentialMetrics {
  /** A certificate that ends in so many seconds. */
  certificate(secondsLeft: number): void;
  /**
   * A token of a service account. `legacy`: of a Secret, without an end; `stale`: older than its pod should have let it
   * become; `valid`: younger.
   */
  accountToken(age: 'legacy' | 'stale' | 'valid'): void;
  /** A token of a Secret. `auto`: one that was made for every account in old times; `invalid`: it was marked as unused and is refused. */
  secretToken(use: 'auto' | 'manual' | 'invalid'): void;
  readonly lookups: TokenLookups;
}

/** Whether what is known of a token had to be found out. */
export interface TokenLookups {
  hit(): void;
  /** Resolves, or rejects, as the finding does. */
  miss<T>(finding: Promise<T>): Promise<T>;
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
  const uses = (kind: string, help: string) =>
    registry.counter({ name: `serviceaccount_${kind}_token_uses_total`, help }).of();
  const byUse = {
    auto: uses('legacy_auto', 'Uses of tokens of Secrets that were made for every account'),
    manual: uses('legacy_manual', 'Uses of tokens of Secrets that somebody asked for'),
    invalid: uses('invalid_legacy_auto', 'Uses of tokens of Secrets that were marked as unused'),
  };
  return {
    certificate: (secondsLeft) => certificates.observe(secondsLeft),
    accountToken: (age) => byAge[age].add(),
    secretToken: (use) => byUse[use].add(),
    lookups: createTokenLookups(registry),
  };
}

const lookupSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Hits are counted as having taken no time: they take microseconds. */
function createTokenLookups(registry: Registry): TokenLookups {
  const prefix = 'authentication_token_cache';
  const labels = ['status'];
  const total = registry.counter({
    name: `${prefix}_request_total`,
    help: 'Tokens by whether they were known',
    labels,
  });
  const durations = registry.histogram({
    name: `${prefix}_request_duration_seconds`,
    help: 'Time until it was known who has a token',
    labels,
    buckets: lookupSeconds,
  });
  const fetches = registry.counter({ name: `${prefix}_fetch_total`, help: 'Tokens that had to be checked', labels });
  const active = registry.gauge({
    name: `${prefix}_active_fetch_count`,
    help: 'Tokens that are being checked',
    labels,
  });
  const hits = total.of('hit');
  const hitSeconds = durations.of('hit');
  const misses = total.of('miss');
  const missSeconds = durations.of('miss');
  const inFlight = active.of('in_flight');
  return {
    hit() {
      hits.value++;
      hitSeconds.observe(0);
    },
    async miss(finding) {
      const begunMs = performance.now();
      misses.value++;
      inFlight.value++;
      let status = 'error';
      try {
        const found = await finding;
        status = 'ok';
        return found;
      } finally {
        inFlight.value--;
        fetches.of(status).add();
        missSeconds.observe((performance.now() - begunMs) / 1000);
      }
    },
  };
}
