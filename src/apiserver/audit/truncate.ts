/** Events that are too large lose what is large in them, the bodies; if that is not enough, they are lost. */
import type { AuditEvent } from './audit-event.ts';

export interface TruncateOptions {
  readonly maxEventBytes: number;
  readonly maxBatchBytes: number;
}

const annotation = 'audit.k8s.io/truncated';

/** The events in batches that are small enough. `dropped` is told of each event that is not among them. */
export function truncate(
  events: readonly AuditEvent[],
  { maxEventBytes, maxBatchBytes }: TruncateOptions,
  dropped: (count: number) => void,
): readonly (readonly AuditEvent[])[] {
  const batches: AuditEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const fitting = bytesOf(event) > maxEventBytes ? withoutBodies(event) : event;
    const bytes = bytesOf(fitting);
    if (bytes > maxEventBytes) {
      dropped(1);
      continue;
    }
    if (bytes > room) {
      batches.push([]);
      room = maxBatchBytes;
    }
    batches.at(-1)?.push(fitting);
    room -= bytes;
  }
  return batches;
}

const bytesOf = (event: AuditEvent): number => Buffer.byteLength(JSON.stringify(event));

function withoutBodies({ requestObject, responseObject, annotations, ...event }: AuditEvent): AuditEvent {
  const lost = requestObject !== undefined || responseObject !== undefined;
  if (!lost) return annotations === undefined ? event : { ...event, annotations };
  return { ...event, annotations: { ...annotations, [annotation]: 'true' } };
}
