/** NamespaceLifecycle: nothing is created in a namespace that is missing or going, and the system's own ones stay. */
import { ApiError } from '../../api/api-error.ts';
import type { Namespace } from '../../api/groups/core.v1.ts';
import type { Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { refusal } from './refusal.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);

export function createNamespaceLifecycle(namespaces: Served): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    mutate(request) {
      if (request.operation === 'DELETE' && request.served === namespaces && immortal.has(request.name)) {
        throw refusal(request, 'this namespace may not be deleted');
      }
      if (request.operation === 'CREATE' && request.served.resource.namespaced) checkNamespace(namespaces, request);
    },
  };
}

function checkNamespace(namespaces: Served, request: Admitted): void {
  const { namespace = '' } = request;
  const entry = namespaces.cache.get(`${namespaces.cache.prefix}${namespace}`);
  if (entry === undefined) {
    throw new ApiError('NotFound', `namespaces ${JSON.stringify(namespace)} not found`, {
      name: namespace,
      kind: 'namespaces',
    });
  }
  const object = entry.object as unknown as Namespace;
  if (object.status.phase !== 'Terminating' && object.metadata.deletionTimestamp === undefined) return;
  const because = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, details } = refusal(request, because);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new ApiError('Forbidden', message, { ...details, causes: [cause] });
}
