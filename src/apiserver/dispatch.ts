/**
 * The one place that knows which function answers which path, for requests that were authorized (pipeline.ts).
 * Long-running requests (watches, exec, proxies) leave it as answers that stream.
 */
import { proxyToExtension } from './aggregation/proxy.ts';
import type { Api } from './api.ts';
import { customHandler, isCustomPath } from './custom-resources/choose-handler.ts';
import { isOnlyCreated, type Conversion, type Served } from './registry/served.ts';
import type { Answer, ApiRequest } from './request.ts';
import type { ResourceTarget } from './request-info.ts';
import type { ResourceHandler } from './handler.ts';
import { negotiate } from './http/negotiate.ts';
import { tooLargeError } from './http/read-body.ts';
import { subresourceHandler } from './subresources/handlers.ts';
import { reviewHandler } from './subresources/reviews.ts';
import { methodNotAllowed, pathNotFound, unknownResource, verbNotSupported } from './path-errors.ts';
import { seeLatest } from './registry/see-latest.ts';
import { verbHandlers } from './verbs/handlers.ts';

/** Answers paths that are not resources; undefined = no such path. */
export type PathHandler = (api: Api, request: ApiRequest) => Promise<Answer | undefined> | Answer | undefined;

export async function dispatch(api: Api, request: ApiRequest, paths: PathHandler): Promise<Answer> {
  const extension = api.aggregation.answering(request.info);
  if (extension !== undefined) return proxyToExtension(api, extension, request);
  const target = request.info.resource;
  if (target === undefined) return (await paths(api, request)) ?? pathNotFound();
  if (hasEmptyParts(request.info.path, target)) {
    if (request.info.path.startsWith('/apis//')) return pathNotFound();
    throw unknownResource();
  }
  const served = api.resources.find(target.group, target.version, target.resource);
  if (served === undefined) {
    if (!api.resources.isBuiltinGroup(target.group)) return pathNotFound();
    throw unknownResource();
  }
  if (served.itemsCarryType && !isCustomPath(served, target, request.info.verb)) return pathNotFound();
  const handler = served.itemsCarryType
    ? customHandler(served, request.info.verb, target)
    : handlerFor(served, request, target);
  // Before anything is done: a client that cannot take the answer must not find its request carried out.
  if (!isPassedOn(target)) {
    negotiate(request.accept, { pretty: false, custom: served.itemsCarryType, withoutTable: isOnlyCreated(served) });
  }
  if (served.descriptor.deprecation !== undefined) request.warn(served.descriptor.deprecation);
  if (api.store.sync !== undefined) await seeLatest(api.store, request, api.waited);
  if (!served.cache.loaded) await served.cache.ready();
  if (request.body.type === 'too-large') throw tooLargeError();
  const handled = handler(api, served, request);
  const answer = handled instanceof Promise ? await handled : handled;
  if (served.conversion?.prepare !== undefined) await prepareAnswer(served.conversion.prepare, answer);
  return answer;
}

/** What a webhook converts is converted before the answer is written. */
async function prepareAnswer(prepare: NonNullable<Conversion['prepare']>, answer: Answer): Promise<void> {
  if (answer.type === 'entry') await prepare([answer.entry]);
  if (answer.type === 'list') await prepare(answer.list.entries);
}

/** Whatever stands behind the subresource answers as it likes. */
const isPassedOn = ({ subresource }: ResourceTarget): boolean =>
  ['attach', 'exec', 'log', 'portforward', 'proxy'].includes(subresource);

/** Two slashes in a row name nothing; what stands behind `proxy` is not for us to judge, nor slashes at the end. */
function hasEmptyParts(path: string, { subresource }: ResourceTarget): boolean {
  if (!path.includes('//')) return false;
  const own = subresource === 'proxy' ? path.slice(0, path.indexOf('/proxy')) : path;
  return own.replace(/\/+$/, '').includes('//');
}

/** Cluster-scoped resources stand below no namespace; single objects of others stand below one. */
function pathFits(served: Served, target: ResourceTarget): boolean {
  if (target.rest !== '' && target.subresource !== 'proxy') return false;
  if (!served.resource.namespaced) return target.namespace === undefined;
  if (target.namespace !== undefined) return true;
  return target.name === undefined && served.resource.verbs.includes('list');
}

function handlerFor(served: Served, request: ApiRequest, target: ResourceTarget): ResourceHandler {
  if (!pathFits(served, target) || request.info.verb === 'proxy') throw unknownResource();
  const proxied = target.subresource === 'proxy' && served.resource.subresources['proxy'] !== undefined;
  if (request.method === 'HEAD' && !proxied) throw methodNotAllowed();
  // Whatever stands behind it may know OPTIONS too.
  const verb = proxied && request.method === 'OPTIONS' ? 'get' : request.info.verb;
  if (verb === 'watch') {
    // By the old path of watches, which there is for resources alone.
    if (target.subresource !== '' || (target.verbInPath === true && !served.resource.verbs.includes('watch'))) {
      throw unknownResource();
    }
    if (request.method !== 'GET') throw methodNotAllowed();
  }
  if (target.subresource !== '') {
    const subresource = served.resource.subresources[target.subresource];
    if (subresource === undefined) throw unknownResource();
    const handler = subresourceHandler(served, target.subresource, verb);
    if (handler !== undefined) return handler;
    throw methodNotAllowed();
  }
  const inAllNamespaces = served.resource.namespaced && target.namespace === undefined;
  const verbs = served.resource.verbs as readonly string[];
  const fitting = target.name === undefined ? collectionVerbs : objectVerbs;
  if (!fitting.includes(verb) || (inAllNamespaces && !['list', 'watch'].includes(verb))) throw methodNotAllowed();
  if (verb === 'watch' && verbs.includes('list') && !verbs.includes(verb)) throw verbNotSupported(served, verb);
  const handler = reviewHandler(served, verb) ?? (verbs.includes(verb) ? verbHandlers[verb] : undefined);
  if (handler === undefined) throw methodNotAllowed();
  return handler;
}

const collectionVerbs = ['list', 'watch', 'create', 'deletecollection'];
const objectVerbs = ['get', 'update', 'patch', 'delete', 'watch'];
