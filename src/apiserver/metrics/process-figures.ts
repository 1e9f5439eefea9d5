/**
 * Figures of the whole process, counted where no server's registry is at hand: in caches and connections that all servers
 * of a process share. Every registry shows the same.
 */
import { Metric, type Registry } from '../../base/metrics.ts';
import { compilationSeconds, durationBuckets, evaluationSeconds } from '../../cel/figures.ts';

/** Certificates that servers showed us and that we do not take. */
export interface CertificateFaults {
  readonly missingSan: Metric;
  readonly insecureSha1: Metric;
}

const faults = (): CertificateFaults => ({ missingSan: new Metric(), insecureSha1: new Metric() });

export const webhookFaults: CertificateFaults = faults();
export const extensionFaults: CertificateFaults = faults();

/** How often the aggregated form of discovery was made. */
export const discoveriesAggregated = new Metric();

/** `error`: with which a connection ended. */
export function countFault({ missingSan, insecureSha1 }: CertificateFaults, error: unknown): void {
  const { code = '', cert } = (error ?? {}) as { readonly code?: string; readonly cert?: { subjectaltname?: string } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && (cert?.subjectaltname ?? '') === '') missingSan.add();
  if (code.endsWith('MD_TOO_WEAK')) insecureSha1.add();
}

export function registerProcessFigures(registry: Registry): void {
  const compilation = 'apiserver_cel_compilation_duration_seconds';
  const evaluation = 'apiserver_cel_evaluation_duration_seconds';
  const buckets = durationBuckets;
  registry
    .histogram({ name: compilation, help: 'Time until expressions were compiled', buckets })
    .adopt(compilationSeconds);
  registry.histogram({ name: evaluation, help: 'Time of expressions', buckets }).adopt(evaluationSeconds);
  const counter = (name: string, help: string, metric: Metric): void => registry.counter({ name, help }).adopt(metric);
  for (const [who, { missingSan, insecureSha1 }] of [
    ['webhooks', webhookFaults],
    ['kube_aggregator', extensionFaults],
  ] as const) {
    counter(`apiserver_${who}_x509_missing_san_total`, 'Certificates without a name that counts', missingSan);
    counter(
      `apiserver_${who}_x509_insecure_sha1_total`,
      'Certificates with signatures that prove nothing',
      insecureSha1,
    );
  }
  const made = 'How often the aggregated form of discovery was made';
  counter('aggregator_discovery_aggregation_count_total', made, discoveriesAggregated);
}
