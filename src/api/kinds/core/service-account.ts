import type { Descriptor } from '../../descriptor.ts';
import type { ServiceAccount } from '../../groups/core.v1.ts';
import { ServiceAccounts } from '../../resources.ts';
import { ageColumn, nameColumn, table } from '../columns.ts';

export const serviceAccountDescriptor: Descriptor<ServiceAccount> = {
  resource: ServiceAccounts,
  deleteAnswersObject: true,
  table: table<ServiceAccount>([nameColumn, ageColumn]),
};
