/**
 * Subresources that are more than another way to write the same object. `status` is not among them: it is a plain update
 * in which the descriptor lets only the status through.
 */
import type { ResourceHandler } from '../handler.ts';
import type { Served } from '../registry/served.ts';
import { getObject } from '../verbs/read.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import { bind } from './binding.ts';
import { evict } from './eviction.ts';
import { passToKubelet, readLog } from './kubelet.ts';
import { proxyRequest } from './proxy.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { requestToken } from './token.ts';

type ByVerb = Readonly<Record<string, ResourceHandler>>;

/** The object itself through an endpoint that changes a part of it: prepareForUpdate knows which. */
const part: ByVerb = { get: getObject, update, patch };

const stream: ByVerb = { get: passToKubelet, create: passToKubelet };
const proxied: ByVerb = {
  get: proxyRequest,
  create: proxyRequest,
  update: proxyRequest,
  patch: proxyRequest,
  delete: proxyRequest,
};

const handlers: Readonly<Record<string, ByVerb>> = {
  status: part,
  approval: part,
  ephemeralcontainers: part,
  resize: part,
  finalize: { update },
  scale: { get: getScale, update: updateScale, patch: patchScale },
  binding: { create: bind },
  eviction: { create: evict },
  token: { create: requestToken },
  log: { get: readLog },
  exec: stream,
  attach: stream,
  portforward: stream,
  proxy: proxied,
};

/** Undefined when the subresource does not know the verb. */
export function subresourceHandler(served: Served, subresource: string, verb: string): ResourceHandler | undefined {
  const verbs = served.resource.subresources[subresource]?.verbs as readonly string[] | undefined;
  return verbs?.includes(verb) === true ? handlers[subresource]?.[verb] : undefined;
}
