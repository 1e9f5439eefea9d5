/**
 * What a failed call of etcd means for who made it.
 *
 *   answer   etcd has decided: asking another member would not change it
 *   unsent   no member has seen the request: it may go to another one, whatever it asks for
 *   unknown  it may have been carried out, or still be: only what may be done twice is tried again
 */
import type { ServiceError } from '@grpc/grpc-js';
import { Code, errors } from '../protocol/errors.ts';
import { StoreError } from '../store.ts';

export type Failure =
  | { readonly kind: 'answer'; readonly error: Error }
  | { readonly kind: 'unsent' | 'unknown'; readonly text: string };

/** Texts of gRPC for a call that never left. */
const neverSent = /^(No connection established|Waiting for|Name resolution failed|Channel closed before)/;

/** Answers that are about the request, by their text. */
const reasons: readonly (readonly [string, StoreError['reason']])[] = [
  [errors.compacted[1], 'compacted'],
  [errors.futureRevision[1], 'future-revision'],
  [errors.noSpace[1], 'no-space'],
  [errors.leaseNotFound[1], 'lease-not-found'],
  [errors.leaseExists[1], 'lease-exists'],
  [errors.corrupt[1], 'corrupt'],
];

/** What a request can be refused for that no caller of the port may send. */
const mistakes: ReadonlySet<string> = new Set([
  errors.duplicateKey[1],
  errors.tooManyOperations[1],
  errors.requestTooLarge[1],
  errors.emptyKey[1],
]);

export function failureOf(error: unknown): Failure {
  if (!isServiceError(error)) throw error;
  const { code, details } = error;
  const reason = reasons.find(([text]) => text === details)?.[1];
  if (reason !== undefined) return { kind: 'answer', error: new StoreError(reason, details, { cause: error }) };
  if (mistakes.has(details)) return { kind: 'answer', error: new RangeError(details, { cause: error }) };
  if (details === errors.noLeader[1] || details === errors.tooManyRequests[1]) return { kind: 'unsent', text: details };
  if (code === Code.unavailable) return { kind: neverSent.test(details) ? 'unsent' : 'unknown', text: details };
  if (undecided.has(code) && !details.startsWith('etcdserver:')) return { kind: 'unknown', text: details };
  return { kind: 'answer', error: new StoreError('unavailable', details, { cause: error }) };
}

/** Codes that gRPC itself gives to calls whose connection broke or whose time ran out. */
const undecided: ReadonlySet<number> = new Set([Code.cancelled, Code.unknown, Code.deadlineExceeded, Code.internal]);

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
