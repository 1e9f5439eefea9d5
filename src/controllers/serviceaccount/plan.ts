/** Every namespace has the service accounts that pods run as unless they name another. */
import type { Namespace, ServiceAccount } from '../../api/groups/core.v1.ts';

const serviceAccountNames: readonly string[] = ['default'];

/** The names of the accounts to make. */
export function planServiceAccounts(
  namespace: Namespace | undefined,
  existing: readonly ServiceAccount[],
): readonly string[] {
  if (namespace?.status.phase !== 'Active') return [];
  const names = new Set(existing.map(({ metadata }) => metadata.name));
  return serviceAccountNames.filter((name) => !names.has(name));
}
