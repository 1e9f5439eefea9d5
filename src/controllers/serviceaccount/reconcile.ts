/** Makes the default service account of a namespace; its key is the namespace's name. */
import { isApiError } from '../../api/api-error.ts';
import { Namespaces, ServiceAccounts } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { planServiceAccounts } from './plan.ts';

export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  alias: 'serviceaccount',
  start({ informer, enqueue }) {
    const namespaces = informer(Namespaces);
    const accounts = informer(ServiceAccounts);
    namespaces.onChange(({ object }) => enqueue(object.metadata.name));
    accounts.onChange(({ type, object }) => {
      if (type === 'deleted') enqueue(object.metadata.namespace);
    });
    return async (namespace, { client }) => {
      const missing = planServiceAccounts(namespaces.get(undefined, namespace), accounts.list(namespace));
      for (const name of missing) {
        try {
          await client.create(ServiceAccounts, { metadata: { name, namespace } });
        } catch (error) {
          if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
        }
      }
    };
  },
};
