/** Who asks. Authentication makes it; authorization, admission, audit and managed fields read it. */
export interface User {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Adds what every authenticated user belongs to; a user who is said to be unauthenticated stays so. */
export function authenticated(user: User): User {
  const { name, groups } = user;
  if (name === anonymous.name || groups.includes('system:authenticated') || groups.includes('system:unauthenticated')) {
    return user;
  }
  return { ...user, groups: [...groups, 'system:authenticated'] };
}

const accountPrefix = 'system:serviceaccount:';

/** The service account behind a user's name; undefined for other users. */
export function serviceAccountOf(name: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!name.startsWith(accountPrefix)) return undefined;
  const [namespace = '', account = '', ...rest] = name.slice(accountPrefix.length).split(':');
  return rest.length > 0 || namespace === '' || account === '' ? undefined : { namespace, name: account };
}

/** The groups of all service accounts of a namespace. */
export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];
