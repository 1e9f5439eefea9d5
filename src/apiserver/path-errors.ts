/** What is answered to paths and methods that the API does not have. */
import { ApiError } from '../api/api-error.ts';
import { qualifiedResource, type Served } from './registry/served.ts';
import type { Answer } from './request.ts';

/** The path is one of the API's, and it does not take this method. */
export const methodNotAllowed = (): ApiError =>
  new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

/** The resource takes the method, but not for what is asked by it. */
export function verbNotSupported(served: Served, verb: string): ApiError {
  const { group, plural } = served.resource;
  const text = `${verb} is not supported on resources of kind ${JSON.stringify(qualifiedResource(served))}`;
  return new ApiError('MethodNotAllowed', text, { ...(group === '' ? {} : { group }), kind: plural });
}

export const unknownResource = (): ApiError =>
  new ApiError('NotFound', 'the server could not find the requested resource', {});

/** For paths that are none of the API's. */
export function pathNotFound(): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { type: 'raw', status: 404, headers, body: '404 page not found\n' };
}
