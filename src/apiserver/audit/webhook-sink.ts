/** Audit events posted to a server as an EventList. What it does not take is sent again, later each time. */
import type { Clock } from '../../base/clock.ts';
import { sleep } from '../../base/clock.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';
import { Batch, type BatchOptions } from './batch.ts';
import type { AuditFailure, AuditMode } from './log-sink.ts';
import { truncate, type TruncateOptions } from './truncate.ts';

export interface WebhookSinkOptions {
  /** Posts JSON; answers with the status. Rejects when nobody answers. */
  readonly post: (body: string) => Promise<number>;
  readonly mode: AuditMode;
  readonly initialBackoffMs: number;
  readonly batch: BatchOptions;
  readonly truncate: TruncateOptions | undefined;
}

const attempts = 5;
const factor = 1.5;

export function createWebhookSink(options: WebhookSinkOptions, clock: Clock, failed: AuditFailure): AuditSink {
  const closing = new AbortController();
  const send = async (events: readonly AuditEvent[]): Promise<boolean> => {
    const tooLarge = (count: number): void => failed('webhook', count, 'the event is too large');
    const batches = options.truncate === undefined ? [events] : truncate(events, options.truncate, tooLarge);
    let all = true;
    for (const batch of batches) {
      const fault = await postWithRetry(options, batch, clock, closing.signal);
      if (fault === undefined) continue;
      failed('webhook', batch.length, fault);
      all = false;
    }
    return all;
  };
  if (options.mode === 'batch') {
    const full = (count: number): void => failed('webhook', count, 'the buffer is full');
    const batch = new Batch(options.batch, clock, send, full);
    return {
      process: (events) => batch.process(events),
      close() {
        closing.abort();
        return batch.close();
      },
    };
  }
  const strict = options.mode === 'blocking-strict';
  return {
    process: async (events) => (await send(events)) || !strict,
    close: () => Promise.resolve(closing.abort()),
  };
}

/** Why the events did not arrive; undefined when they did. While the server ends, nothing is sent again. */
async function postWithRetry(
  { post, initialBackoffMs }: WebhookSinkOptions,
  items: readonly AuditEvent[],
  clock: Clock,
  closing: AbortSignal,
): Promise<string | undefined> {
  const body = JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items });
  let delayMs = initialBackoffMs;
  for (let attempt = 1; ; attempt++) {
    const fault = await faultOf(post(body));
    if (fault === undefined) return undefined;
    if (!fault.again || attempt === attempts || closing.aborted) return fault.why;
    await sleep(clock, delayMs, closing);
    delayMs *= factor;
  }
}

async function faultOf(
  posted: Promise<number>,
): Promise<{ readonly why: string; readonly again: boolean } | undefined> {
  try {
    const status = await posted;
    if (status >= 200 && status < 300) return undefined;
    return { why: `the server answered ${status}`, again: status === 429 || status >= 500 };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), again: true };
  }
}
