/** A request that the server makes to itself: past authentication and authorization, through all the rest. */
import { resourcePath } from '../../api/resource.ts';
import type { Json } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';

const manager = 'kube-apiserver';
const methods = { update: 'PUT', delete: 'DELETE', patch: 'PATCH' } as const;

export interface OwnRequest {
  /** A patch is server-side apply, by force. */
  readonly verb: 'update' | 'delete' | 'patch';
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly subresource?: string;
  readonly body?: Json;
  /** Default: kube-apiserver. */
  readonly fieldManager?: string;
}

export function ownRequest(
  { resource }: Served,
  { verb, name, namespace, subresource = '', body, fieldManager = manager }: OwnRequest,
): ApiRequest {
  const { group, version, plural } = resource;
  const path = `${resourcePath(resource, namespace)}/${name}${subresource === '' ? '' : `/${subresource}`}`;
  return {
    info: { verb, path, resource: { group, version, resource: plural, subresource, rest: '', namespace, name } },
    method: methods[verb],
    query: new URLSearchParams({ fieldManager, ...(verb === 'patch' ? { force: 'true' } : {}) }),
    user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
    userAgent: manager,
    accept: 'application/json',
    contentType: verb === 'patch' ? 'application/apply-patch+yaml' : 'application/json',
    body: body === undefined ? { type: 'none' } : { type: 'value', value: body },
    lifetime: new AbortController(),
    warn: () => {},
  };
}
