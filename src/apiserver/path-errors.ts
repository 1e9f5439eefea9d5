/** What is answered to paths and methods that the API does not have. */
import { ApiError } from '../api/api-error.ts';

/** The path is one of the API's, and it does not take this method. */
export const methodNotAllowed = (): ApiError =>
  new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unknownResource = (): ApiError =>
  new ApiError('NotFound', 'the server could not find the requested resource', {});
