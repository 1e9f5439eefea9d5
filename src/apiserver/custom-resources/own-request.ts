/** A request that the server makes to itself: past authentication and authorization, through all the rest. */
import { resourcePath } from '../../api/resource.ts';
import type { Json } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';

const manager = 'kube-apiserver';

export interface OwnRequest {
  readonly verb: 'update' | 'delete';
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly subresource?: string;
  readonly body?: Json;
}

export function ownRequest(
  { resource }: Served,
  { verb, name, namespace, subresource = '', body }: OwnRequest,
): ApiRequest {
  const { group, version, plural } = resource;
  const path = `${resourcePath(resource, namespace)}/${name}${subresource === '' ? '' : `/${subresource}`}`;
  return {
    info: { verb, path, resource: { group, version, resource: plural, subresource, rest: '', namespace, name } },
    method: verb === 'update' ? 'PUT' : 'DELETE',
    query: new URLSearchParams({ fieldManager: manager }),
    user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
    userAgent: manager,
    accept: 'application/json',
    contentType: 'application/json',
    body: body === undefined ? { type: 'none' } : { type: 'value', value: body },
    signal: new AbortController().signal,
    warn: () => {},
  };
}
