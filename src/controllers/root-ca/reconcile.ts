/** Keeps the root certificate in each namespace; its key is the namespace's name. */
import { isApiError } from '../../api/api-error.ts';
import { ConfigMaps, Namespaces } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-writes.ts';
import { configMapName, planRootCa } from './plan.ts';

/** `certificate`: PEM of the authority that signed the API server's certificate. */
export function rootCaController(certificate: string): Controller {
  return {
    name: 'root-ca-certificate-publisher-controller',
    alias: 'root-ca-cert-publisher',
    start({ informer, enqueue }) {
      const namespaces = informer(Namespaces);
      const configMaps = informer(ConfigMaps);
      namespaces.onChange(({ object }) => enqueue(object.metadata.name));
      configMaps.onChange(({ object }) => {
        if (object.metadata.name === configMapName) enqueue(object.metadata.namespace);
      });
      return async (name, { client }) => {
        const existing = configMaps.get(name, configMapName);
        const plan = planRootCa(namespaces.get(undefined, name), existing, certificate);
        if (plan === 'none') return;
        try {
          if ('create' in plan) await client.create(ConfigMaps, plan.create);
          else await client.update(ConfigMaps, plan.update);
        } catch (error) {
          if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
        }
      };
    },
  };
}
