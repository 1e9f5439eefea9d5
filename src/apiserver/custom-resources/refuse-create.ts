/** Nothing new is created of a resource that is about to go. */
import { ApiError } from '../../api/api-error.ts';
import type { AdmissionPlugin } from '../admission/admission.ts';
import { qualifiedResource } from '../registry/served.ts';

export const refuseCreate: AdmissionPlugin = {
  name: 'CustomResourceDefinitionTerminating',
  mutate({ operation, served, name }) {
    if (operation !== 'CREATE' || served.refusesCreate === undefined) return;
    const { group, plural } = served.resource;
    const text = `${qualifiedResource(served)} ${JSON.stringify(name)} is forbidden: ${served.refusesCreate}`;
    throw new ApiError('Forbidden', text, { name, group, kind: plural });
  },
};
