/**
 * Auditing: what the policy wants told of each request goes to the log file, the webhook, or both.
 *
 *   RequestReceived   before anything is done
 *   ResponseStarted   only of requests that run long: their answer has begun
 *   ResponseComplete  the answer was sent
 *   Panic             the server failed inside
 */
import { randomUUID } from 'node:crypto';
import type { MetricFamily, Registry } from '../../base/metrics.ts';
import type { Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';
import { AuditRecord } from './audit-record.ts';
import type { DecideAudit } from './policy.ts';

export interface AuditOptions {
  readonly decide: DecideAudit;
  readonly sinks: readonly AuditSink[];
  readonly registry: Registry;
  readonly now: () => number;
  /** Told why an event could not be made. */
  readonly failed: (error: unknown) => void;
}

export class Audit {
  readonly #options: AuditOptions;
  readonly #events: MetricFamily;
  readonly #rejected: MetricFamily;
  readonly #levels: MetricFamily;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: AuditOptions) {
    const { registry } = options;
    this.#options = options;
    const { events, rejected } = auditCounters(registry);
    this.#events = events;
    this.#rejected = rejected;
    this.#levels = registry.counter({
      name: 'apiserver_audit_level_total',
      help: 'Requests by the level that the policy has for them',
      labels: ['level'],
    });
  }

  /** Undefined: the policy wants nothing of this request. */
  begin(request: ApiRequest, served: Served | undefined, auditId: string): AuditRecord | undefined {
    const decision = this.#options.decide(request.user, request.info);
    this.#levels.of(decision.level).add();
    if (decision.level === 'None') return undefined;
    const receivedMs = this.#options.now();
    const { now } = this.#options;
    return new AuditRecord({
      request,
      served,
      auditId,
      decision,
      receivedMs,
      now,
      tell: this.#tell,
      goOn: this.#goOn,
    });
  }

  /** A request was refused because its first event was not kept. */
  refused(): void {
    this.#rejected.of().add();
  }

  /** Resolves when all that was told is where it belongs. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    await Promise.all(this.#options.sinks.map((sink) => sink.close()));
  }

  readonly #goOn = (work: Promise<unknown>): void => {
    const going = work.catch(this.#options.failed);
    this.#underWay.add(going);
    void going.finally(() => this.#underWay.delete(going));
  };

  readonly #tell = (event: AuditEvent): boolean | Promise<boolean> => {
    this.#events.of().add();
    const answers = this.#options.sinks.map((sink) => sink.process([event]));
    if (answers.every((answer) => typeof answer === 'boolean')) return answers.every((taken) => taken === true);
    const all = Promise.all(answers).then((taken) => taken.every((one) => one));
    this.#goOn(all);
    return all;
  };
}

/** There, and zero, where nothing is audited too. */
export function auditCounters(registry: Registry): { readonly events: MetricFamily; readonly rejected: MetricFamily } {
  const events = registry.counter({ name: 'apiserver_audit_event_total', help: 'Audit events that were made' });
  const rejected = registry.counter({
    name: 'apiserver_audit_requests_rejected_total',
    help: 'Requests that were refused because their audit event was not kept',
  });
  return { events, rejected };
}

/** Under which the events of a request and its answer's header name it: the client's own id, or a new one. */
export function auditIdOf({ incoming }: Pick<ApiRequest, 'incoming'>): string {
  const given = incoming?.headers['audit-id'];
  return typeof given === 'string' && given !== '' ? given : randomUUID();
}
