/** A request was refused because there are too many. The HTTP edge answers it as plain text, as Kubernetes does. */
import { ApiError } from '../../api/api-error.ts';

/** Why, by the names that the metric of refused requests has. */
export type OverloadReason = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled';

export class OverloadError extends ApiError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
