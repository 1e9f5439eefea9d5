/** The AdmissionReview that a webhook is sent, and what it answers. */
import { randomUUID } from 'node:crypto';
import { ApiError, statusCodes, type StatusDetails, type StatusReason } from '../../../api/api-error.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Served } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';
import { describeOptions, describeRequest } from '../request-facts.ts';
import type { ShownObjects } from '../shown-objects.ts';

export interface Verdict {
  readonly allowed: boolean;
  readonly status: VerdictStatus;
  /** A JSON patch, as text; '' = none. */
  readonly patch: string;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

interface VerdictStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: StatusDetails;
}

interface Response {
  readonly uid?: string;
  readonly allowed?: boolean;
  readonly status?: VerdictStatus;
  /** Base64. */
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** The answer is no AdmissionReview that fits the question; the message says why. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}

export interface Review {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: string;
  readonly request: JsonObject & { readonly uid: string };
}

/** The first of the versions that this server speaks; undefined: none of them. */
export function reviewVersion(versions: readonly string[]): 'v1' | 'v1beta1' | undefined {
  return versions.find((version) => version === 'v1' || version === 'v1beta1');
}

/** `as`: the resource in the version that the webhook wants to see. */
export function createReview(request: Admitted, as: Served, shown: ShownObjects, version: string): Review {
  const about = { uid: randomUUID(), ...describeRequest(request, as) };
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: { ...about, object: shown.object, oldObject: shown.oldObject, ...describeOptions(request) },
  };
}

/** @throws ReviewError */
export function readVerdict(body: unknown, asked: Review, mutating: boolean): Verdict {
  const { kind, apiVersion, response } = body as { kind?: unknown; apiVersion?: unknown; response?: unknown };
  if (typeof response !== 'object' || response === null) throw new ReviewError('webhook response was absent');
  const said = response as Response;
  const isOld = asked.apiVersion.endsWith('/v1beta1');
  if (!isOld) {
    const { uid } = asked.request;
    if (said.uid !== uid) {
      throw new ReviewError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(said.uid ?? '')}`);
    }
    const found = `${String(apiVersion)}, Kind=${String(kind)}`;
    const expected = `${asked.apiVersion}, Kind=AdmissionReview`;
    if (found !== expected) throw new ReviewError(`expected webhook response of ${expected}, got ${found}`);
    checkPatch(said, mutating);
  }
  const patch = mutating ? Buffer.from(said.patch ?? '', 'base64').toString('utf8') : '';
  return {
    allowed: said.allowed === true,
    status: said.status ?? {},
    patch,
    patchType: isOld ? 'JSONPatch' : (said.patchType ?? ''),
    warnings: said.warnings ?? [],
    auditAnnotations: said.auditAnnotations ?? {},
  };
}

function checkPatch({ patch = '', patchType }: Response, mutating: boolean): void {
  if (!mutating) {
    if (patch !== '') throw new ReviewError('validating webhook may not return response.patch');
    if (patchType != null) throw new ReviewError('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && patchType == null) {
    throw new ReviewError('webhook returned response.patch but not response.patchType');
  }
  if (patch === '' && patchType != null) {
    throw new ReviewError('webhook returned response.patchType but not response.patch');
  }
  if (patchType === '') throw new ReviewError('webhook returned invalid response.patchType of ""');
}

/** The webhook said no: its own words, code and reason. */
export function denial(webhook: string, { status }: Verdict): ApiError {
  const { message = '', reason = '', code = 0, details } = status;
  const said = message === '' ? reason : message;
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const known = Object.hasOwn(statusCodes, reason) ? (reason as StatusReason) : '';
  return new ApiError(
    known,
    said === '' ? `${denied} without explanation` : `${denied}: ${said}`,
    details,
    code < 400 ? 400 : code,
  );
}
