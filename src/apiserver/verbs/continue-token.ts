/** Continue tokens of paged lists: where the next page begins, and the revision that all pages show. */
import { ApiError } from '../../api/api-error.ts';

interface ContinueToken {
  /** -1: whatever is current (a list that was continued after its revision was compacted). */
  readonly revision: number;
  /** Key of the last object that was sent. */
  readonly startKey: string;
}

export function encodeContinue(revision: number, startKey: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: startKey })).toString('base64url');
}

/** @throws ApiError BadRequest when the token was not made by a server. */
export function decodeContinue(token: string): ContinueToken {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string' && start.startsWith('/')) {
      return { revision: rv, startKey: start };
    }
  } catch {
    // Not JSON: the same answer as for a token of the wrong form.
  }
  throw new ApiError('BadRequest', 'continue key is not valid: illegal base64 data or wrong form');
}
