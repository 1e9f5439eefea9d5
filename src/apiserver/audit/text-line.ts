/** An audit event as one line of text, as --audit-log-format=legacy has it: the parts that fit on a line. */
import type { AuditEvent } from './audit-event.ts';

export function textLine(event: AuditEvent): string {
  const { user, impersonatedUser: other, responseStatus } = event;
  const known = (user.username ?? '') !== '';
  const fields = {
    id: event.auditID,
    stage: event.stage,
    ip: event.sourceIPs?.[0] ?? '<unknown>',
    method: event.verb,
    user: known ? user.username : '<none>',
    groups: (known ? list(user.groups) : undefined) ?? '<none>',
    as: other === undefined ? '<self>' : (other.username ?? ''),
    asgroups: list(other?.groups) ?? '<lookup>',
    namespace: event.objectRef?.namespace ?? '<none>',
    uri: event.requestURI,
    response: String(responseStatus?.['code'] ?? '<deferred>'),
  };
  const text = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${event.requestReceivedTimestamp} AUDIT: ${text.join(' ')}`;
}

function list(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.map((one) => JSON.stringify(one)).join(',');
}
