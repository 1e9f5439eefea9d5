/** One webhook is asked about a request: its verdict, or the error with which the request ends. */
import { performance } from 'node:perf_hooks';
import { ApiError, isApiError } from '../../../api/api-error.ts';
import type { Log } from '../../../base/log.ts';
import type { Served } from '../../registry/served.ts';
import type { WebhookMetrics, WebhookOutcome } from '../../metrics/webhook-metrics.ts';
import { CallError, callWebhook } from '../../webhook-call.ts';
import type { Admitted } from '../admission.ts';
import { showObjects } from '../shown-objects.ts';
import type { CompiledWebhook, Webhook } from './compile.ts';
import {
  AnsweredReview,
  createReview,
  denial,
  readVerdict,
  ReviewError,
  reviewVersion,
  type Verdict,
} from './review.ts';

const defaultSeconds = 10;

export interface Question {
  readonly asked: CompiledWebhook;
  readonly request: Admitted;
  /** The resource in the version that the webhook wants to see. */
  readonly as: Served;
  readonly mutating: boolean;
  /** Of Services. */
  readonly services: Served;
  readonly log: Log;
  readonly metrics: WebhookMetrics;
  /** The key of the audit annotation that says the webhook was passed over. */
  readonly failedOpenKey: string;
}

/** Undefined when the webhook could not be asked and may be passed over. @throws ApiError when it refuses */
export async function askWebhook(question: Question): Promise<Verdict | undefined> {
  const { request, asked } = question;
  const { webhook } = asked;
  const { name, sideEffects } = webhook;
  if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw new ApiError('BadRequest', `admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  const verdict = await measured(question, () => call(question, webhook));
  if (verdict === undefined) return undefined;
  for (const [key, value] of Object.entries(verdict.auditAnnotations)) {
    request.auditAnnotations?.add(`${name}/${key}`, value);
  }
  for (const warning of verdict.warnings) request.warn(warning);
  if (!verdict.allowed) throw denial(name, verdict);
  return verdict;
}

/** Counts what becomes of the question. */
async function measured(question: Question, step: () => Promise<Verdict>): Promise<Verdict | undefined> {
  const { asked, mutating, request, metrics } = question;
  const { name } = asked.webhook;
  const begunMs = performance.now();
  const tell = (outcome: Omit<WebhookOutcome, 'seconds'>): void => {
    const seconds = (performance.now() - begunMs) / 1000;
    metrics.asked({ name, mutating, request }, { ...outcome, seconds });
  };
  try {
    const verdict = await orPassedOver(question, step);
    if (verdict === undefined) tell({ code: noAnswer, passedOver: true });
    else if (verdict.allowed) tell({ code: 200 });
    else tell({ code: denial(name, verdict).code, rejection: 'no_error' });
    return verdict;
  } catch (error) {
    const known = isApiError(error);
    tell(
      known
        ? { code: noAnswer, rejection: 'calling_webhook_error' }
        : { code: 0, rejection: 'apiserver_internal_error' },
    );
    throw error;
  }
}

/** Service unavailable. */
const noAnswer = 503;

async function call({ request, as, mutating, services }: Question, webhook: Webhook): Promise<Verdict> {
  const version = reviewVersion(webhook.admissionReviewVersions);
  if (version === undefined) {
    throw new ReviewError(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  }
  const review = createReview(request, as, await showObjects(request, as), version);
  const timeoutSeconds = webhook.timeoutSeconds ?? defaultSeconds;
  try {
    const answer = await callWebhook({
      client: webhook.clientConfig,
      timeoutSeconds,
      review,
      type: AnsweredReview,
      services,
    });
    return readVerdict(answer, review, mutating);
  } catch (error) {
    if (error instanceof CallError) throw new ReviewError(`failed to call webhook: ${error.message}`);
    if (error instanceof ReviewError) throw new ReviewError(`received invalid webhook response: ${error.message}`);
    throw error;
  }
}

/** A webhook that gives no proper answer refuses the request, or is passed over when its failurePolicy says so. */
export async function orPassedOver<T>(
  { asked: { webhook }, request, log, failedOpenKey }: Question,
  step: () => Promise<T> | T,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof ReviewError)) throw error;
    const { name, failurePolicy } = webhook;
    const text = `failed calling webhook ${JSON.stringify(name)}: ${error.message}`;
    if (failurePolicy !== 'Ignore') {
      throw new ApiError('InternalError', `Internal error occurred: ${text}`, { causes: [{ message: text }] });
    }
    log.warn('Passed over an admission webhook', { webhook: name, error: error.message });
    request.auditAnnotations?.add(failedOpenKey, name);
    return undefined;
  }
}
