/**
 * Which function answers a request for custom resources. They are served by another server inside Kubernetes', without
 * routes: what the verb means is done, whatever the method, and what is not there is told in other words.
 */
import { ApiError } from '../../api/api-error.ts';
import type { ResourceHandler } from '../handler.ts';
import { verbNotSupported } from '../path-errors.ts';
import type { Served } from '../registry/served.ts';
import type { ResourceTarget } from '../request-info.ts';
import { subresourceHandler } from '../subresources/handlers.ts';
import { verbHandlers } from '../verbs/handlers.ts';
import { notFoundError } from '../verbs/target.ts';

/** There is such a path; below no namespace, objects in namespaces can be listed and watched. */
export function isCustomPath(served: Served, { namespace }: ResourceTarget, verb: string): boolean {
  if (!served.resource.namespaced) return namespace === undefined;
  return namespace !== undefined || verb === 'list' || verb === 'watch';
}

/** @throws ApiError NotFound, MethodNotAllowed, BadRequest */
export function customHandler(served: Served, verb: string, { subresource, name }: ResourceTarget): ResourceHandler {
  if (subresource !== '') {
    if (served.resource.subresources[subresource] === undefined) throw notFoundError(served, name ?? '');
    const handler = subresourceHandler(served, subresource, verb);
    if (handler === undefined) throw verbNotSupported(served, verb);
    return handler;
  }
  const handler = verbHandlers[verb];
  if (handler === undefined) throw verbNotSupported(served, verb);
  if (name === undefined && needsName.has(verb)) throw new ApiError('BadRequest', 'name must be provided');
  return handler;
}

const needsName = new Set(['update', 'patch']);
