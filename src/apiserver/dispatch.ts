/**
 * The request's way after authentication: authorization, then the one place that knows which function answers which
 * path. Long-running requests (watches, exec, proxies) leave it as answers that stream.
 */
import { ApiError } from '../api/api-error.ts';
import type { Api } from './api.ts';
import type { AccessQuestion, ResourceAccess } from './authorization/authorizer.ts';
import type { Served } from './registry/served.ts';
import { textAnswer, type Answer, type ApiRequest } from './request.ts';
import type { ResourceTarget } from './request-info.ts';
import type { ResourceHandler } from './handler.ts';
import { subresourceHandler } from './subresources/handlers.ts';
import { reviewHandler } from './subresources/reviews.ts';
import { create } from './verbs/create.ts';
import { deleteCollection, deleteOne } from './verbs/delete.ts';
import { patch } from './verbs/patch.ts';
import { getObject, listObjects, watchObjects } from './verbs/read.ts';
import { update } from './verbs/update.ts';

/** Answers paths that are not resources; undefined = no such path. */
export type PathHandler = (api: Api, request: ApiRequest) => Promise<Answer | undefined> | Answer | undefined;

export async function dispatch(api: Api, request: ApiRequest, paths: PathHandler): Promise<Answer> {
  authorize(api, request);
  const target = request.info.resource;
  if (target === undefined) return (await paths(api, request)) ?? textAnswer(404, '404 page not found\n');
  const served = api.resources.find(target.group, target.version, target.resource);
  if (served === undefined || !pathFits(served, target)) throw unknownResource();
  if (served.descriptor.deprecation !== undefined) request.warn(served.descriptor.deprecation);
  await served.cache.ready();
  return handlerFor(served, request, target)(api, served, request);
}

/** @throws ApiError Forbidden */
export function authorize(api: Api, request: ApiRequest): void {
  const question = questionOf(request);
  if (api.authorizer.decide(question)?.allowed === true) return;
  throw forbiddenError(question);
}

function questionOf({ info, user }: ApiRequest): AccessQuestion {
  const { verb, path, resource } = info;
  return resource === undefined ? { user, verb, path } : { user, verb, path, resource: accessOf(resource) };
}

/** A namespace is in itself: rights in a namespace cover getting it. */
function accessOf(target: ResourceTarget): ResourceAccess {
  const { group, version, resource, subresource, name = '' } = target;
  const namespace = target.namespace ?? (group === '' && resource === 'namespaces' ? name : '');
  return { group, version, resource, subresource, namespace, name };
}

/** The error for a refused question, in Kubernetes' words. */
export function forbiddenError({ user, verb, path, resource }: AccessQuestion): ApiError {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (resource === undefined) {
    return new ApiError('Forbidden', `forbidden: ${who} path ${JSON.stringify(path)}`, {});
  }
  const { group, resource: plural, subresource, namespace, name } = resource;
  const what = subresource === '' ? plural : `${plural}/${subresource}`;
  const qualified = group === '' ? plural : `${plural}.${group}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const text = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
  const subject = name === '' ? qualified : `${qualified} ${JSON.stringify(name)}`;
  return new ApiError('Forbidden', `${subject} is forbidden: ${text}`, { name, group, kind: plural });
}

/** Cluster-scoped resources stand below no namespace; single objects of others stand below one. */
function pathFits(served: Served, target: ResourceTarget): boolean {
  if (!served.resource.namespaced) return target.namespace === undefined;
  return target.namespace !== undefined || target.name === undefined;
}

function handlerFor(served: Served, request: ApiRequest, target: ResourceTarget): ResourceHandler {
  const { verb } = request.info;
  if (target.subresource !== '') {
    const subresource = served.resource.subresources[target.subresource];
    if (subresource === undefined) throw unknownResource();
    const handler = subresourceHandler(served, target.subresource, verb);
    if (handler !== undefined) return handler;
    if (target.subresource === 'status' || !(subresource.verbs as readonly string[]).includes(verb))
      return plainHandler(subresource.verbs, verb);
    throw unknownResource();
  }
  return reviewHandler(served, verb) ?? plainHandler(served.resource.verbs, verb);
}

function plainHandler(verbs: readonly string[], verb: string): ResourceHandler {
  const handler = handlers[verb];
  if (handler === undefined || !verbs.includes(verb)) {
    throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
  }
  return handler;
}

const handlers: Readonly<Record<string, ResourceHandler>> = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

export const unknownResource = (): ApiError =>
  new ApiError('NotFound', 'the server could not find the requested resource', {});
