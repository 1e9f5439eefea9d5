/**
 * The way of every request from an identity to its answer, whoever carries it: sockets (http/) or callers in this process.
 *
 *   audit ─▶ impersonation ─▶ fairness ─▶ time limit ─▶ authorization ─▶ dispatch ─▶ answer delivered ─▶ seats back, figures
 *
 * What runs long (watches, exec, proxies) has no time limit; a watch has its seats until it has begun, the others none.
 */
import { performance } from 'node:perf_hooks';
import { ApiError, isApiError } from '../api/api-error.ts';
import { errorText } from '../base/log.ts';
import type { Api } from './api.ts';
import { auditIdOf, type Audit } from './audit/audit.ts';
import type { AuditRecord } from './audit/audit-record.ts';
import type { Impersonation } from './authentication/impersonation-modes.ts';
import { authorize, questionOf } from './authorization/authorize.ts';
import { timeoutError, timeoutOf, type Deadlines } from './deadline.ts';
import { dispatch, type PathHandler } from './dispatch.ts';
import type { Fairness } from './fairness/fairness.ts';
import type { InFlight } from './in-flight.ts';
import type { AccessMetrics, AuthorizationResult } from './metrics/access-metrics.ts';
import type { FilterMetrics } from './metrics/filter-metrics.ts';
import type { RequestMetrics } from './metrics/request-metrics.ts';
import type { StorageMetrics } from './metrics/storage-metrics.ts';
import { isLongRunning, type RequestLimits } from './request-limits.ts';
import type { Answer, ApiRequest } from './request.ts';

/** What was sent of an answer. */
export interface Delivered {
  readonly status: number;
  /** Undefined where nobody counts. */
  readonly bytes?: number | undefined;
}

/** Puts an answer on its way; what it starts, it has started when it returns. Resolves when all is sent. */
export type Deliver = (answer: Answer) => Promise<Delivered>;

/** @throws ApiError for what is not answered. `deliver`: default, the caller takes the answer itself. */
export type Handle = (request: ApiRequest, deliver?: Deliver) => Promise<Answer>;

export interface PipelineOptions {
  readonly api: Api;
  readonly paths: PathHandler;
  readonly limits: RequestLimits;
  readonly audit: Audit | undefined;
  /** Undefined: the plain limits hold. */
  readonly fairness: Fairness | undefined;
  readonly inFlight: InFlight;
  readonly deadlines: Deadlines;
  readonly metrics: RequestMetrics;
  readonly filters: FilterMetrics;
  readonly access: AccessMetrics;
  readonly storage: StorageMetrics;
}

/** One request on its way. */
interface Passage {
  readonly options: PipelineOptions;
  readonly request: ApiRequest;
  readonly longRunning: boolean;
  readonly record: AuditRecord | undefined;
  readonly deliver: Deliver | undefined;
}

interface Outcome extends Delivered {
  readonly answer: Answer;
}

export function createPipeline(options: PipelineOptions): Handle {
  const { api, audit, metrics, filters, storage } = options;
  return async (received, deliver) => {
    const begunMs = performance.now();
    const { resource } = received.info;
    const served = resource && api.resources.find(resource.group, resource.version, resource.resource);
    const auditId = auditIdOf(received);
    received.header?.('audit-id', auditId);
    const record = audit?.begin(received, served, auditId);
    const request = record === undefined ? received : { ...received, auditAnnotations: record };
    const longRunning = isLongRunning(received.info);
    const route = metrics.route(received, served !== undefined);
    if (received.body.type === 'bytes') route.bodySize.observe(received.body.bytes.length);
    if (longRunning) route.longRunning.value++;
    if (served?.descriptor.deprecation !== undefined && resource !== undefined) {
      const { group, version, subresource } = resource;
      metrics.deprecated.of(group, version, resource.resource, subresource, '').set(1);
    }
    try {
      if (audit !== undefined && record !== undefined) await keepFirstEvent(audit, record);
      if (served?.descriptor.deprecation !== undefined) record?.add('k8s.io/deprecated', 'true');
      filters.audit.observe(record === undefined ? 0 : (performance.now() - begunMs) / 1000);
      const { answer, status, bytes } = await pass({ options, request, longRunning, record, deliver });
      metrics.finished(route, status, (performance.now() - begunMs) / 1000, bytes);
      storage.listed(answer, bytes, request);
      record?.complete(status, answer, undefined);
      return answer;
    } catch (error) {
      const code = isApiError(error) ? error.code : 500;
      metrics.finished(route, code, (performance.now() - begunMs) / 1000, undefined);
      if (code === 429 || code === 504) metrics.terminated(route, code);
      if (isApiError(error)) record?.complete(code, undefined, error);
      else {
        metrics.aborted(route);
        record?.panic(errorText(error));
      }
      throw error;
    } finally {
      if (longRunning) route.longRunning.value--;
    }
  };
}

/** @throws ApiError when the policy's sinks must have the event and do not. */
async function keepFirstEvent(audit: Audit, record: AuditRecord): Promise<void> {
  const kept = record.received();
  if (typeof kept === 'boolean' ? kept : await kept) return;
  audit.refused();
  throw new ApiError('InternalError', 'Internal error occurred: failed to store audit event');
}

async function pass(passage: Passage): Promise<Outcome> {
  const { options, request: received, longRunning, record, deliver } = passage;
  const { limits, inFlight, filters } = options;
  const request = received.impersonation === undefined ? received : await actingAs(passage, received.impersonation);
  if (received.impersonation === undefined) filters.impersonation.observe(0);
  const timeoutMs = longRunning ? Infinity : timeoutOf(request, limits.requestTimeoutMs);
  const arrivedMs = performance.now();
  const ticket = await seatsFor(passage, request);
  const seatedMs = performance.now();
  filters.fairness.observe((seatedMs - arrivedMs) / 1000);
  const leave = longRunning ? undefined : inFlight.enter(request, options.fairness === undefined);
  try {
    const answering = answered(options, request, seatedMs);
    const answer = longRunning ? await answering : await inTime(options, request, answering, timeoutMs);
    if (longRunning) record?.started(statusOf(answer));
    const delivering = deliver?.(answer);
    // From here on a watch costs what its events cost, which their writers pay for.
    if (answer.type === 'watch') ticket?.release();
    const { status, bytes } = (await delivering) ?? { status: statusOf(answer) };
    return { answer, status, bytes };
  } finally {
    ticket?.release();
    leave?.();
  }
}

/** The request in the name of the user who is impersonated. */
async function actingAs({ options, request, record }: Passage, asked: Impersonation): Promise<ApiRequest> {
  const begunMs = performance.now();
  const { user, constraint } = await options.api.impersonate(asked, questionOf(request));
  options.filters.impersonation.observe((performance.now() - begunMs) / 1000);
  record?.impersonates(user, constraint === '' ? undefined : constraint);
  return { ...request, user };
}

function seatsFor({ options, longRunning }: Passage, request: ApiRequest): ReturnType<Fairness['admit']> {
  if (longRunning && request.info.verb !== 'watch') return undefined;
  return options.fairness?.admit(request, ({ flowSchema, priorityLevel }) => {
    request.header?.('x-kubernetes-pf-flowschema-uid', flowSchema.metadata.uid ?? '');
    request.header?.('x-kubernetes-pf-prioritylevel-uid', priorityLevel.metadata.uid ?? '');
  });
}

async function answered(
  { api, paths, access }: PipelineOptions,
  request: ApiRequest,
  begunMs: number,
): Promise<Answer> {
  let result: AuthorizationResult = 'denied';
  try {
    const asked = authorize(api.authorizer, request);
    if (asked !== undefined) await asked;
    result = 'allowed';
  } finally {
    access.authorized(result, (performance.now() - begunMs) / 1000);
  }
  return dispatch(api, request, paths);
}

/** The answer, or the error that its time is over; what becomes of it then is counted. */
function inTime(
  { deadlines, metrics }: PipelineOptions,
  request: ApiRequest,
  answering: Promise<Answer>,
  timeoutMs: number,
): Promise<Answer> {
  return deadlines.limit(timeoutMs, answering, () => {
    answering.then(
      () => metrics.postTimeout.of('rest-handler', 'result').add(),
      () => metrics.postTimeout.of('rest-handler', 'error').add(),
    );
    return timeoutError(request);
  });
}

function statusOf(answer: Answer): number {
  switch (answer.type) {
    case 'entry':
    case 'object':
    case 'raw':
      return answer.status;
    case 'hijacked':
      return 101;
    default:
      return 200;
  }
}
