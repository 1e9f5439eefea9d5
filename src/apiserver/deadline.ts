/**
 * How long a request may take: the server's limit, or less when its client asks for less by `?timeout=`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { ApiError } from '../api/api-error.ts';
import { parseDuration } from '../api/duration.ts';
import type { Clock } from '../base/clock.ts';
import { isMutating } from './request-limits.ts';
import type { ApiRequest } from './request.ts';

/** Writes give up before their clients do. */
const maxWriteMs = 34_000;

/** @throws ApiError BadRequest for a duration that cannot be read. */
export function timeoutOf({ query, info }: ApiRequest, limitMs: number): number {
  const asked = query.get('timeout') ?? '';
  const askedMs = asked === '' ? 0 : readTimeout(asked);
  const timeoutMs = askedMs > 0 && askedMs < limitMs ? askedMs : limitMs;
  return info.resource !== undefined && isMutating(info) ? Math.min(timeoutMs, maxWriteMs) : timeoutMs;
}

function readTimeout(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError('BadRequest', `invalid timeout specified in the request URL - ${why}`);
  }
}

/** What a client is told whose time is over. */
export function timeoutError({ info }: ApiRequest): ApiError {
  const write = info.resource !== undefined && isMutating(info);
  const why = write
    ? 'request did not complete within requested timeout - context deadline exceeded'
    : 'request did not complete within the allotted timeout';
  return new ApiError('Timeout', `Timeout: ${why}`, {});
}

/** The work's result, or a rejection with `late()` when it takes longer; then the work goes on and nobody waits for it. */
export async function withTimeLimit<T>(
  clock: Clock,
  timeoutMs: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  let cancel: () => void = () => undefined;
  const over = new Promise<never>((_, reject) => {
    cancel = clock.after(timeoutMs, () => reject(late()));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    cancel();
  }
}
