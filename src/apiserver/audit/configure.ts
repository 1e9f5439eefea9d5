/** Auditing as the flags of kube-apiserver want it. */
import type { Clock } from '../../base/clock.ts';
import { errorText, type Log } from '../../base/log.ts';
import type { Registry } from '../../base/metrics.ts';
import { Audit } from './audit.ts';
import type { BatchOptions } from './batch.ts';
import { createLogSink, type AuditFailure, type LogSinkOptions } from './log-sink.ts';
import { createDecideAudit } from './policy.ts';
import { readAuditPolicy } from './read-audit-policy.ts';
import { createWebhookSink, type WebhookSinkOptions } from './webhook-sink.ts';

export interface AuditConfiguration {
  /** Content of --audit-policy-file. */
  readonly policy: string;
  readonly log?: LogSinkOptions;
  readonly webhook?: WebhookSinkOptions;
}

export const defaultLogBatch: BatchOptions = { bufferSize: 10_000, maxSize: 1, maxWaitMs: 0, throttle: undefined };
export const defaultWebhookBatch: BatchOptions = {
  bufferSize: 10_000,
  maxSize: 400,
  maxWaitMs: 30_000,
  throttle: { qps: 10, burst: 15 },
};

/** @throws PolicyError */
export function configureAudit(
  { policy, log, webhook }: AuditConfiguration,
  { clock, registry, log: serverLog }: { readonly clock: Clock; readonly registry: Registry; readonly log: Log },
): Audit {
  const errors = registry.counter({
    name: 'apiserver_audit_error_total',
    help: 'Audit events that did not get where they belong',
    labels: ['plugin'],
  });
  const failed: AuditFailure = (plugin, count, why) => {
    errors.of(plugin).add(count);
    serverLog.error('Audit events were lost', { plugin, count, why });
  };
  const sinks = [
    log === undefined ? undefined : createLogSink(log, clock, failed),
    webhook === undefined ? undefined : createWebhookSink(webhook, clock, failed),
  ].filter((sink) => sink !== undefined);
  return new Audit({
    decide: createDecideAudit(readAuditPolicy(policy)),
    sinks,
    registry,
    now: clock.now,
    failed: (error) => serverLog.error('Could not tell of a request', { why: errorText(error) }),
  });
}
