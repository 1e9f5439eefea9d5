import type { Descriptor, Draft } from '../../descriptor.ts';
import type { ServiceAccount } from '../../groups/core.v1.ts';
import { ServiceAccounts } from '../../resources.ts';
import { ageColumn, nameColumn, table } from '../columns.ts';

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets';

export const serviceAccountDescriptor: Descriptor<ServiceAccount> = {
  resource: ServiceAccounts,
  deleteAnswersObject: true,
  metadataInUpdate: 'both',
  validateUpdate: () => [],
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  warnings: serviceAccountWarnings,
  table: table<ServiceAccount>([nameColumn, ageColumn]),
};

/** Told when the annotation comes, not again with each write. */
function serviceAccountWarnings({ metadata }: ServiceAccount, old: ServiceAccount | undefined): readonly string[] {
  if (metadata.annotations?.[mountableSecrets] !== 'true') return [];
  if (old?.metadata.annotations?.[mountableSecrets] === 'true') return [];
  const advice = 'prefer separate namespaces to isolate access to mounted secrets';
  return [`metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; ${advice}`];
}

/** Its secrets are in its namespace: nothing but their names counts. */
function keepSecretNames(account: Draft<ServiceAccount>): void {
  if (account.secrets !== undefined) account.secrets = account.secrets.map(({ name }) => (name ? { name } : {}));
}
