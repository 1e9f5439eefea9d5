/**
 * Configuration files of the server (AuthenticationConfiguration, AuthorizationConfiguration): read strictly, so that a
 * misspelt field is told and never does nothing. A reader takes a value and its place, and gives the value typed.
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** What is wrong with a file, in the words that kube-apiserver uses where it has some. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const reader =
  <T>(is: (value: unknown) => value is T, what: string): Reader<T> =>
  (value, path) => {
    if (is(value)) return value;
    throw new ConfigError(`${path}: must be ${what}`);
  };

export const textField = reader((value): value is string => typeof value === 'string', 'a string');
export const flagField = reader((value): value is boolean => typeof value === 'boolean', 'true or false');

export const listOf =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new ConfigError(`${path}: must be a list`);
    return value.map((one, index) => item(one, `${path}[${index}]`));
  };

type Fields = Readonly<Record<string, Reader<unknown>>>;
export type Read<F extends Fields> = { readonly [K in keyof F]?: ReturnType<F[K]> };

/** All fields may be missing; others than these may not be there. */
export function record<F extends Fields>(fields: F): Reader<Read<F>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ConfigError(`${path === '' ? 'the file' : path}: must be an object`);
    }
    const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    const read = entries.map(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`;
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) throw new ConfigError(`strict decoding error: unknown field ${JSON.stringify(at)}`);
      return [name, field(member, at)];
    });
    return Object.fromEntries(read) as Read<F>;
  };
}

/** Checks what a file says it is. `kind`: with the API group apiserver.config.k8s.io. */
export function checkHead(
  { apiVersion = '', kind = '' }: { readonly apiVersion?: string; readonly kind?: string },
  wanted: string,
  versions: readonly string[],
): void {
  const known = versions.map((version) => `apiserver.config.k8s.io/${version}`);
  if (kind === wanted && known.includes(apiVersion)) return;
  throw new ConfigError(
    `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}: expected ${wanted} of ${known.join(' or ')}`,
  );
}

/** @throws ConfigError naming all that is wrong. */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new ConfigError(faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]`);
}
