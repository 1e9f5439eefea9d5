/** Nothing new is created of a resource that is about to go. */
import type { AdmissionPlugin } from '../admission/admission.ts';
import { refusal } from '../admission/refusal.ts';

export const refuseCreate: AdmissionPlugin = {
  name: 'CustomResourceDefinitionTerminating',
  mutate(request) {
    const { operation, served } = request;
    if (operation === 'CREATE' && served.refusesCreate !== undefined) throw refusal(request, served.refusesCreate);
  },
};
