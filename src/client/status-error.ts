/** Reads the Status of the wire back into the ApiError that it was. */
import { ApiError, statusCodes, type StatusDetails, type StatusReason } from '../api/api-error.ts';
import type { Json, JsonObject } from '../api/schema.ts';

/** `code`: the HTTP status it came with, for bodies that are no Status or leave it out. */
export function statusError(body: Json | undefined, code: number): ApiError {
  if (!isObject(body) || body['kind'] !== 'Status') {
    const text = typeof body === 'string' && body !== '' ? body.trim() : 'no Status in the answer';
    return new ApiError(reasonOfCode(code), `The server answered ${code}: ${text}`, undefined, code);
  }
  const ownCode = typeof body['code'] === 'number' && body['code'] > 0 ? body['code'] : code;
  const reason = typeof body['reason'] === 'string' ? body['reason'] : '';
  const message = typeof body['message'] === 'string' ? body['message'] : '';
  const details = isObject(body['details']) ? (body['details'] as StatusDetails) : undefined;
  return new ApiError(isReason(reason) ? reason : reasonOfCode(ownCode), message, details, ownCode);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReason(reason: string): reason is StatusReason {
  return reason !== '' && Object.hasOwn(statusCodes, reason);
}

/** What a bare HTTP status means, where two reasons share a code the one that says less. */
function reasonOfCode(code: number): StatusReason {
  if (code === 409) return 'Conflict';
  if (code === 410) return 'Gone';
  if (code === 500) return 'InternalError';
  const found = Object.entries(statusCodes).find(([reason, known]) => known === code && isReason(reason))?.[0] ?? '';
  return isReason(found) ? found : '';
}
