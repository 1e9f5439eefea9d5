/** What webhooks and policies are told of a request besides its objects. */
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { Admitted } from './admission.ts';
import { requestNamespace } from './matching.ts';
import { shownKind } from './shown-objects.ts';

/** `as`: the resource in the version that is wanted. */
export function describeRequest(request: Admitted, as: Served): JsonObject {
  const { served, subresource, operation, name, user } = request;
  const namespace = requestNamespace(request);
  const { name: username, uid = '', groups, extra } = user;
  const resource = ({ resource: { group, version, plural } }: Served): JsonObject => ({
    group,
    version,
    resource: plural,
  });
  return {
    kind: { ...shownKind(as, subresource) },
    resource: resource(as),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: { ...shownKind(served, subresource) },
    requestResource: resource(served),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' || name === undefined ? {} : { name }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username,
      ...(uid === '' ? {} : { uid }),
      ...(groups.length === 0 ? {} : { groups }),
      ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra: extra as JsonObject }),
    },
  };
}

export function describeOptions({ operation, dryRun, options }: Admitted): JsonObject {
  return { dryRun, options: operation === 'CONNECT' ? null : (options as Json) };
}
