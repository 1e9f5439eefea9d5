import type { Descriptor } from '../../descriptor.ts';
import type { ServiceAccount } from '../../groups/core.v1.ts';
import { ServiceAccounts } from '../../resources.ts';
import { ageColumn, nameColumn, table } from '../columns.ts';

const mountableAnnotation = 'kubernetes.io/enforce-mountable-secrets';

export const serviceAccountDescriptor: Descriptor<ServiceAccount> = {
  resource: ServiceAccounts,
  deleteAnswersObject: true,
  warnings: ({ metadata }) =>
    metadata.annotations?.[mountableAnnotation] === undefined
      ? []
      : [
          `metadata.annotations[${mountableAnnotation}]: deprecated in v1.32+; ` +
            'prefer separate namespaces to isolate access to mounted secrets',
        ],
  table: table<ServiceAccount>([nameColumn, ageColumn]),
};
