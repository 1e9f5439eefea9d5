/** Deletes all objects of a custom resource; those with finalizers stay, marked. */
import { isApiError } from '../../api/api-error.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import { deleteAdmitted } from '../verbs/delete.ts';
import { ownRequest } from './own-request.ts';

export async function deleteInstances(api: Api, served: Served): Promise<void> {
  for (const { object } of served.cache.list(served.cache.prefix)) {
    const { name, namespace, deletionTimestamp } = object.metadata as {
      name: string;
      namespace?: string;
      deletionTimestamp?: string;
    };
    if (deletionTimestamp !== undefined) continue;
    try {
      await deleteAdmitted(api, served, ownRequest(served, { verb: 'delete', name, namespace }));
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
