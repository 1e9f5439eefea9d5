/** Who writes a definition with rules that this server cannot evaluate is told so. */
import type { CustomResourceDefinition } from '../../api/groups/apiextensions.v1.ts';
import { CustomResourceDefinitions } from '../../api/resources.ts';
import type { AdmissionPlugin } from '../admission/admission.ts';
import { unreadableRules } from './validation-rules.ts';

export const warnOfRules: AdmissionPlugin = {
  name: 'CustomResourceValidationRules',
  validate({ served, object, subresource, warn }) {
    if (served.resource !== CustomResourceDefinitions || object === undefined || subresource !== '') return;
    const { spec } = object as unknown as CustomResourceDefinition;
    for (const { schema } of spec.versions ?? []) {
      for (const text of unreadableRules(schema?.openAPIV3Schema ?? {})) warn(text);
    }
  },
};
