/** What is answered to paths and methods that the API does not have. */
import { ApiError } from '../api/api-error.ts';
import type { Answer } from './request.ts';

/** The path is one of the API's, and it does not take this method. */
export const methodNotAllowed = (): ApiError =>
  new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unknownResource = (): ApiError =>
  new ApiError('NotFound', 'the server could not find the requested resource', {});

/** For paths that are none of the API's. */
export function pathNotFound(): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { type: 'raw', status: 404, headers, body: '404 page not found\n' };
}
