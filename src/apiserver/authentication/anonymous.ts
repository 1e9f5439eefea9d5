/** Who brings no credential is nobody: the user system:anonymous, where that is allowed. */
import { anonymous, type User } from '../user.ts';

export interface AnonymousOptions {
  readonly enabled: boolean;
  /** Paths that it is limited to; none = all. */
  readonly paths: readonly string[];
}

/** Undefined when requests for this path must say who asks. */
export function anonymousUser({ enabled, paths }: AnonymousOptions, path: string): User | undefined {
  return enabled && (paths.length === 0 || paths.includes(path)) ? anonymous : undefined;
}
