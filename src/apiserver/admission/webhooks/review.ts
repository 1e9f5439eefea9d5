/** The AdmissionReview that a webhook is sent, and what it answers. */
import { randomUUID } from 'node:crypto';
import { kindText } from '../../../api/apply/apply-patch.ts';
import { ApiError, type StatusReason } from '../../../api/api-error.ts';
import { Status } from '../../../api/groups/meta.v1.ts';
import {
  boolean,
  bytes,
  list,
  map,
  object,
  optional,
  pointer,
  required,
  string,
  type JsonObject,
  type Static,
} from '../../../api/schema.ts';
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

type VerdictStatus = Pick<Partial<Status>, 'message' | 'reason' | 'code' | 'details'>;

const Response = object('io.k8s.api.admission.v1.AdmissionResponse', {
  uid: optional(1, string),
  allowed: optional(2, boolean),
  status: pointer(3, Status),
  patch: optional(4, bytes),
  patchType: pointer(5, string),
  auditAnnotations: optional(6, map(string)),
  warnings: optional(7, list(string)),
});
type Response = Static<typeof Response>;

/** What is read of an answer. */
export const AnsweredReview = object('io.k8s.api.admission.v1.AdmissionReview', {
  kind: required(1, string),
  apiVersion: required(2, string),
  response: pointer(3, Response),
});
type AnsweredReview = Static<typeof AnsweredReview>;

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
export function readVerdict(answer: AnsweredReview, asked: Review, mutating: boolean): Verdict {
  const { response: said } = answer;
  if (said === undefined) throw new ReviewError('webhook response was absent');
  const isOld = asked.apiVersion.endsWith('/v1beta1');
  if (!isOld) {
    const { uid } = asked.request;
    if (said.uid !== uid) {
      throw new ReviewError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(said.uid ?? '')}`);
    }
    const [found, expected] = [kindText(answer), kindText(asked)];
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
    if (patchType !== undefined) throw new ReviewError('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && patchType === undefined) {
    throw new ReviewError('webhook returned response.patch but not response.patchType');
  }
  if (patch === '' && patchType !== undefined) {
    throw new ReviewError('webhook returned response.patchType but not response.patch');
  }
  if (patchType === '') throw new ReviewError('webhook returned invalid response.patchType of ""');
}

/** The webhook said no: its own words, code and reason. */
export function denial(webhook: string, { status }: Verdict): ApiError {
  const { message = '', reason = '', code = 0, details } = status;
  const said = message === '' ? reason : message;
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  return new ApiError(
    reason as StatusReason, // a webhook may have reasons of its own
    said === '' ? `${denied} without explanation` : `${denied}: ${said}`,
    details,
    code < 400 ? 400 : code,
  );
}
