/** The AdmissionReview that a webhook is sent, and what it answers. */
import { randomUUID } from 'node:crypto';
import { ApiError, statusCodes, type StatusReason } from '../../../api/api-error.ts';
import { decode } from '../../../api/codec/decode.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Admitted } from '../admission.ts';

export interface Verdict {
  readonly allowed: boolean;
  readonly status: { readonly message?: string; readonly reason?: string; readonly code?: number };
  /** A JSON patch, as parsed JSON. */
  readonly patch: unknown;
  readonly warnings: readonly string[];
}

interface Response {
  readonly uid?: string;
  readonly allowed?: boolean;
  readonly status?: Verdict['status'];
  /** Base64. */
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
}

/** The answer is no AdmissionReview that fits the question; the message says why. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}

export interface Review extends JsonObject {
  readonly request: { readonly uid: string } & JsonObject;
}

export function createReview(request: Admitted): Review {
  const { served, subresource, operation, name, namespace, user, dryRun, options } = request;
  const { group, version, plural } = served.resource;
  const kind = { group, version, kind: served.type.kind };
  const resource = { group, version, resource: plural };
  const { name: username, uid, groups, extra } = user;
  const asked = {
    uid: randomUUID(),
    kind,
    resource,
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: kind,
    requestResource: resource,
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' || name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    userInfo: { username, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) },
    object: written(request, request.object),
    oldObject: written(request, request.old),
    dryRun,
    options: operation === 'CONNECT' ? null : options,
  };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: asked };
  return JSON.parse(JSON.stringify(review)) as Review;
}

/** In the form in which the API would answer it. Bodies of subresources go as they are. */
function written({ served, subresource }: Admitted, object: object | undefined): object | null {
  if (object === undefined) return null;
  const { kind } = object as { readonly kind?: string };
  const own = subresource === '' || kind === served.type.kind;
  return own ? (decode(served.type, structuredClone(object) as JsonObject).value as object) : object;
}

/** @throws ReviewError */
export function readVerdict(body: unknown, uid: string): Verdict {
  const { kind, response } = (body ?? {}) as { kind?: unknown; response?: unknown };
  if (kind !== 'AdmissionReview')
    throw new ReviewError(
      `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${String(kind)}`,
    );
  if (typeof response !== 'object' || response === null) throw new ReviewError('webhook response was absent');
  const { uid: answered, allowed, status, patch, patchType, warnings } = response as Response;
  if (answered !== uid) {
    throw new ReviewError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered ?? '')}`);
  }
  const patched = typeof patch === 'string' && patch !== '';
  if (patched && patchType !== 'JSONPatch') {
    throw new ReviewError('webhook returned response.patch but not response.patchType');
  }
  return {
    allowed: allowed === true,
    status: status ?? {},
    patch: patched ? readPatch(patch) : undefined,
    warnings: warnings ?? [],
  };
}

/** The webhook said no: its own words, code and reason. */
export function denial(webhook: string, { status }: Verdict): ApiError {
  const { message = '', reason = '', code = 0 } = status;
  const said = message === '' ? reason : message;
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const known = Object.hasOwn(statusCodes, reason) ? (reason as StatusReason) : '';
  return new ApiError(
    known,
    said === '' ? `${denied} without explanation` : `${denied}: ${said}`,
    undefined,
    code < 400 ? 400 : code,
  );
}

function readPatch(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as unknown;
  } catch (error) {
    throw new ReviewError(`unable to decode the patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}
