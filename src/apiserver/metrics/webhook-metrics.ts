/** What became of questions to admission webhooks and policies, under Kubernetes' names. */
import type { Registry } from '../../base/metrics.ts';
import type { Admitted } from '../admission/admission.ts';

const callSeconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
const conditionSeconds = [0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25];
const checkSeconds = [0.0000005, 0.001, 0.01, 0.1, 1];

/** A webhook, and what it is asked. */
export interface AskedWebhook {
  readonly name: string;
  readonly mutating: boolean;
  readonly request: Admitted;
}

export interface WebhookOutcome {
  readonly seconds: number;
  /** Of the answer; 503 where there was none that could be used. */
  readonly code: number;
  /** Undefined: the request goes on. */
  readonly rejection?: 'calling_webhook_error' | 'no_error' | 'apiserver_internal_error' | undefined;
  /** There was no proper answer, and the request goes on without it. */
  readonly passedOver?: boolean;
}

export interface WebhookMetrics {
  asked(webhook: AskedWebhook, outcome: WebhookOutcome): void;
  /** Its match conditions were looked at. */
  conditions(webhook: AskedWebhook, seconds: number, result: 'matches' | 'excludes' | 'fails'): void;
}

const maxCode = 600;

export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const webhook = 'apiserver_admission_webhook';
  const labels = ['name', 'type', 'operation', 'rejected'];
  const durations = registry.histogram({
    name: `${webhook}_admission_duration_seconds`,
    help: 'Time until webhooks answered',
    labels,
    buckets: callSeconds,
  });
  const counter = (name: string, help: string, names: readonly string[]) =>
    registry.counter({ name, help, labels: names });
  const total = counter(`${webhook}_request_total`, 'Questions to webhooks', [
    ...labels.slice(0, 3),
    'code',
    'rejected',
  ]);
  const rejections = counter(`${webhook}_rejection_count`, 'Requests that a webhook ended', [
    ...labels.slice(0, 3),
    'error_type',
    'rejection_code',
  ]);
  const passedOver = counter(`${webhook}_fail_open_count`, 'Webhooks that were passed over', ['name', 'type']);
  const condition = 'apiserver_admission_match_condition';
  const conditionLabels = ['name', 'kind', 'type', 'operation'];
  const seconds = registry.histogram({
    name: `${condition}_evaluation_seconds`,
    help: 'Time of match conditions',
    labels: conditionLabels,
    buckets: conditionSeconds,
  });
  const failures = counter(`${condition}_evaluation_errors_total`, 'Match conditions that failed', conditionLabels);
  const exclusions = counter(
    `${condition}_exclusions_total`,
    'Requests that match conditions kept out',
    conditionLabels,
  );
  const typeOf = (mutating: boolean): string => (mutating ? 'admit' : 'validating');
  return {
    asked({ name, mutating, request: { operation } }, outcome) {
      const type = typeOf(mutating);
      const code = String(Math.min(outcome.code, maxCode));
      const rejected = String(outcome.rejection !== undefined);
      durations.of(name, type, operation, rejected).observe(outcome.seconds);
      total.of(name, type, operation, code, rejected).add();
      if (outcome.rejection !== undefined) rejections.of(name, type, operation, outcome.rejection, code).add();
      if (outcome.passedOver === true) passedOver.of(name, type).add();
    },
    conditions({ name, mutating, request: { operation } }, took, result) {
      const values = [name, 'webhook', typeOf(mutating), operation];
      seconds.of(...values).observe(took);
      if (result === 'excludes') exclusions.of(...values).add();
      if (result === 'fails') failures.of(...values).add();
    },
  };
}

/** `action`: allow, deny, warn or audit; those of mutating policies have none. */
export type CountCheck = (
  policy: string,
  binding: string,
  failed: boolean,
  seconds: number,
  action?: 'allow' | 'deny' | 'warn' | 'audit',
) => void;

export function createPolicyMetrics(registry: Registry, kind: 'validating' | 'mutating'): CountCheck {
  const name = `apiserver_${kind}_admission_policy_check`;
  const labels = ['policy', 'policy_binding', 'error_type', ...(kind === 'validating' ? ['enforcement_action'] : [])];
  const total = registry.counter({ name: `${name}_total`, help: `Outcomes of ${kind} policies`, labels });
  const durations = registry.histogram({
    name: `${name}_duration_seconds`,
    help: `Time of ${kind} policies`,
    labels,
    buckets: checkSeconds,
  });
  return (policy, binding, failed, seconds, action) => {
    const values = [policy, binding, failed ? 'invalid_error' : 'no_error', ...(action === undefined ? [] : [action])];
    total.of(...values).add();
    durations.of(...values).observe(seconds);
  };
}
