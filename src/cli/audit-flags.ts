/** The flags of auditing, as kube-apiserver has them: --audit-policy-file, --audit-log-…, --audit-webhook-…. */
import { defaultLogBatch, defaultWebhookBatch, type AuditConfiguration } from '../apiserver/audit/configure.ts';
import type { BatchOptions } from '../apiserver/audit/batch.ts';
import type { Json } from '../api/schema.ts';
import { systemClock } from '../base/clock.ts';
import { createHttpClient } from '../client/http-client.ts';
import { findClusterAccess } from '../client/kubeconfig.ts';
import type { Flag, Invocation } from './command.ts';
import { readGivenFile } from './read-given-file.ts';
import { milliseconds, truth } from './request-limit-flags.ts';
import { UsageError } from './usage-error.ts';

type Flags = Invocation['flags'];
type Plugin = 'log' | 'webhook';

const modes = ['batch', 'blocking', 'blocking-strict'] as const;
const megabyte = 1024 * 1024;

export const auditFlags: Readonly<Record<string, Flag>> = {
  'audit-policy-file': { value: 'FILE', help: 'What is told of which request; without it nothing is.' },
  'audit-log-path': { value: 'FILE', help: 'Where events are written; - is the standard output.' },
  'audit-log-format': { value: 'json|legacy', help: 'One JSON object a line, or a line of text (default json).' },
  'audit-log-maxsize': { value: 'MB', help: 'Size at which the file is put aside (default 100).' },
  'audit-log-maxage': { value: 'DAYS', help: 'Files put aside are removed after this (default 0, never).' },
  'audit-log-maxbackup': { value: 'N', help: 'Files put aside that are kept (default 0, all).' },
  'audit-log-compress': { value: 'BOOL', help: 'Pack files that are put aside (default false).' },
  'audit-webhook-config-file': { value: 'FILE', help: 'Kubeconfig of the server that events are sent to.' },
  'audit-webhook-initial-backoff': { value: 'DURATION', help: 'Wait before sending again (default 10s).' },
  ...pluginFlags('log', 'blocking', defaultLogBatch),
  ...pluginFlags('webhook', 'batch', defaultWebhookBatch),
};

function pluginFlags(plugin: Plugin, mode: string, batch: BatchOptions): Record<string, Flag> {
  const name = (end: string): string => `audit-${plugin}-${end}`;
  return {
    [name('mode')]: { value: modes.join('|'), help: `Whether requests wait for their events (default ${mode}).` },
    [name('batch-buffer-size')]: { value: 'N', help: `Events that may wait (default ${batch.bufferSize}).` },
    [name('batch-max-size')]: { value: 'N', help: `Events in a batch (default ${batch.maxSize}).` },
    [name('batch-max-wait')]: { value: 'DURATION', help: 'Longest that an event waits for others.' },
    [name('batch-throttle-enable')]: { value: 'BOOL', help: 'Limit the batches in a second.' },
    [name('batch-throttle-qps')]: { value: 'N', help: 'Batches a second on average.' },
    [name('batch-throttle-burst')]: { value: 'N', help: 'Batches at once.' },
    [name('truncate-enabled')]: { value: 'BOOL', help: 'Cut events that are too large (default false).' },
    [name('truncate-max-event-size')]: { value: 'BYTES', help: 'What is too large (default 102400).' },
    [name('truncate-max-batch-size')]: { value: 'BYTES', help: 'What is too large for a batch (default 10485760).' },
  };
}

/** Undefined: nothing is audited. @throws UsageError */
export async function readAudit(flags: Flags): Promise<AuditConfiguration | undefined> {
  const policyFile = flags.text('audit-policy-file');
  const log = readLog(flags);
  const webhook = await readWebhook(flags);
  if (policyFile === undefined) return undefined;
  const policy = await readGivenFile('--audit-policy-file', policyFile);
  return { policy, ...(log === undefined ? {} : { log }), ...(webhook === undefined ? {} : { webhook }) };
}

function readLog(flags: Flags): AuditConfiguration['log'] {
  const path = flags.text('audit-log-path');
  if (path === undefined) return undefined;
  return {
    path,
    format: flags.choice('audit-log-format', ['json', 'legacy']) ?? 'json',
    maxSizeBytes: (flags.number('audit-log-maxsize', 0, 1_000_000) || 100) * megabyte,
    maxAgeDays: flags.number('audit-log-maxage', 0, 100_000) ?? 0,
    maxBackups: flags.number('audit-log-maxbackup', 0, 100_000) ?? 0,
    compress: truth(flags, 'audit-log-compress') ?? false,
    mode: flags.choice('audit-log-mode', modes) ?? 'blocking',
    batch: readBatch(flags, 'log', defaultLogBatch),
    truncate: readTruncate(flags, 'log'),
  };
}

async function readWebhook(flags: Flags): Promise<AuditConfiguration['webhook']> {
  const path = flags.text('audit-webhook-config-file');
  if (path === undefined) return undefined;
  const access = await findClusterAccess({ path, environment: {}, clock: systemClock }).catch((error: unknown) => {
    throw new UsageError(`Cannot read --audit-webhook-config-file: ${String(error)}`);
  });
  const client = createHttpClient({ ...access.client, userAgent: 'slipway-audit' });
  const post = async (body: string): Promise<number> => {
    const request = { method: 'POST', path: '', body: JSON.parse(body) as Json } as const;
    return (await client.request(request)).status;
  };
  return {
    post,
    mode: flags.choice('audit-webhook-mode', modes) ?? 'batch',
    initialBackoffMs: milliseconds(flags, 'audit-webhook-initial-backoff') ?? 10_000,
    batch: readBatch(flags, 'webhook', defaultWebhookBatch),
    truncate: readTruncate(flags, 'webhook'),
  };
}

function readBatch(flags: Flags, plugin: Plugin, given: BatchOptions): BatchOptions {
  const name = (end: string): string => `audit-${plugin}-batch-${end}`;
  const throttles = truth(flags, name('throttle-enable')) ?? given.throttle !== undefined;
  const { qps, burst } = given.throttle ?? { qps: 10, burst: 15 };
  return {
    bufferSize: flags.number(name('buffer-size'), 1, 10_000_000) ?? given.bufferSize,
    maxSize: flags.number(name('max-size'), 1, 10_000_000) ?? given.maxSize,
    maxWaitMs: milliseconds(flags, name('max-wait')) ?? given.maxWaitMs,
    throttle: throttles
      ? {
          qps: flags.number(name('throttle-qps'), 1, 1_000_000) ?? qps,
          burst: flags.number(name('throttle-burst'), 1, 1_000_000) ?? burst,
        }
      : undefined,
  };
}

function readTruncate(flags: Flags, plugin: Plugin): NonNullable<AuditConfiguration['log']>['truncate'] {
  const name = (end: string): string => `audit-${plugin}-truncate-${end}`;
  if (truth(flags, name('enabled')) !== true) return undefined;
  return {
    maxEventBytes: flags.number(name('max-event-size'), 1, 2 ** 31) ?? 102_400,
    maxBatchBytes: flags.number(name('max-batch-size'), 1, 2 ** 31) ?? 10 * megabyte,
  };
}
