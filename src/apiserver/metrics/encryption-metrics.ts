/** What encryption at rest does, under Kubernetes' names. Counted only where a configuration is given. */
import type { Metric, Registry } from '../../base/metrics.ts';

const transformationSeconds = Array.from({ length: 25 }, (_, index) => 5e-6 * 2 ** index);
const keySeconds = Array.from({ length: 14 }, (_, index) => 5e-6 * 2 ** index);
const callSeconds = Array.from({ length: 14 }, (_, index) => 1e-4 * 2 ** index);

export interface EncryptionMetrics {
  /** A value was written or read; `prefix`: of the stored form. */
  transformed(way: 'to_storage' | 'from_storage', prefix: string, seconds: number, failed: boolean): void;
  /** A seed of keys was made. */
  keyMade(seconds: number, failed: boolean): void;
  /** A seed was met that a plug-in had to open first. */
  readonly missed: Metric;
  /** A plug-in was asked. `code`: of gRPC, such as OK. */
  called(provider: string, method: string, seconds: number, code: string): void;
  /** How many seeds a provider keeps, and how many it may. */
  kept(provider: string, seeds: number, most: number): void;
}

export function createEncryptionMetrics(registry: Registry): EncryptionMetrics {
  const ways = ['transformation_type', 'transformer_prefix'];
  const operations = registry.counter({
    name: 'apiserver_storage_transformation_operations_total',
    help: 'Values that were encrypted and decrypted',
    labels: [...ways, 'status'],
  });
  const durations = registry.histogram({
    name: 'apiserver_storage_transformation_duration_seconds',
    help: 'Time to encrypt and decrypt values',
    labels: ways,
    buckets: transformationSeconds,
  });
  const calls = registry.histogram({
    name: 'apiserver_envelope_encryption_kms_operations_latency_seconds',
    help: 'Time of questions to KMS plug-ins',
    labels: ['provider_name', 'method_name', 'grpc_status_code'],
    buckets: callSeconds,
  });
  const cacheSize = registry.gauge({
    name: 'apiserver_envelope_encryption_dek_source_cache_size',
    help: 'Seeds of keys that are kept',
    labels: ['provider_name'],
  });
  const keys = registry
    .histogram({
      name: 'apiserver_storage_data_key_generation_duration_seconds',
      help: 'Time to make a seed of keys',
      buckets: keySeconds,
    })
    .of();
  const counter = (name: string, help: string): Metric => registry.counter({ name, help }).of();
  const failures = counter(
    'apiserver_storage_data_key_generation_failures_total',
    'Seeds of keys that could not be made',
  );
  const fill = registry
    .gauge({
      name: 'apiserver_envelope_encryption_dek_cache_fill_percent',
      help: 'Part of the places for seeds of keys that is taken',
    })
    .of();
  return {
    transformed(way, prefix, seconds, failed) {
      operations.of(way, prefix, failed ? 'Unknown' : 'OK').add();
      if (!failed) durations.of(way, prefix).observe(seconds);
    },
    keyMade(seconds, failed) {
      if (failed) failures.add();
      else keys.observe(seconds);
    },
    missed: counter(
      'apiserver_storage_envelope_transformation_cache_misses_total',
      'Seeds of keys that a plug-in had to open first',
    ),
    called: (provider, method, seconds, code) => calls.of(provider, method, code).observe(seconds),
    kept(provider, seeds, most) {
      cacheSize.of(provider).set(seeds);
      fill.set(seeds / most);
    },
  };
}
