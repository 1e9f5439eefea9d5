/**
 * The one error of the API: it becomes a Status object on the wire and comes back as the same error in the client.
 */
import type { JsonObject } from './schema.ts';

/** Kubernetes' closed set of reasons, each with its HTTP status code. */
export const statusCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  ServerTimeout: 500,
  StorageReadError: 500,
  '': 500,
} as const;

export type StatusReason = keyof typeof statusCodes;

export interface StatusCause {
  /** Such as FieldValueRequired; see apimachinery's CauseType. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** JSON path of the field, such as `spec.containers[0].name`. */
  readonly field?: string | undefined;
}

export interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;
  readonly code: number;
  readonly details: StatusDetails | undefined;

  /** `code`: the HTTP status where it is not the one that goes with the reason. */
  constructor(reason: StatusReason, message: string, details?: StatusDetails, code: number = statusCodes[reason]) {
    super(message);
    this.reason = reason;
    this.details = details;
    this.code = code;
  }

  /** The Status object of the wire. */
  toStatus(): JsonObject {
    const details = this.details === undefined ? {} : { details: writtenDetails(this.details) };
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...details,
      code: this.code,
    };
  }
}

/** Empty texts and lists are not written. */
function writtenDetails(details: StatusDetails): JsonObject {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
  const plain = Object.fromEntries(Object.entries(details).filter(([, value]) => !isEmpty(value)));
  return JSON.parse(JSON.stringify(plain)) as JsonObject;
}

/** The thrown value is an ApiError with one of these reasons. */
export function isApiError(error: unknown, ...reasons: readonly StatusReason[]): error is ApiError {
  return error instanceof ApiError && (reasons.length === 0 || reasons.includes(error.reason));
}
