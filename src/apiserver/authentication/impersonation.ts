/**
 * Impersonation: a user who has the right to do so asks in the name of another one (kubectl --as).
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 *
 * There are five ways (impersonation-modes.ts). Four are constrained (KEP 5284): they ask for the right to take the identity
 * and, on top, for the right to do this very request with it, so that an agent may, say, list pods as the node it runs on
 * and nothing else. The last is the old one, where the identity comes with all its rights.
 *
 * They are tried in that order, but the one that last worked for the same user comes first; what the first one lacks is what
 * the client is told. Limit: `maxRemembered` users.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../../api/api-error.ts';
import type { AccessQuestion, Authorizer } from '../authorization/authorizer.ts';
import { valuesBelow, type HeaderValues } from '../http/header-values.ts';
import type { User } from '../user.ts';
import { impersonationModes, type Impersonation } from './impersonation-modes.ts';

const extraPrefix = 'impersonate-extra-';
const maxRemembered = 10_000;

/** Whether a header may ask for it: most requests have none, and their headers need not be read. */
export function asksToImpersonate(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** Undefined when no header asks for it. @throws ApiError BadRequest when the user is not named. */
export function readImpersonation(headers: HeaderValues): Impersonation | undefined {
  const user = headers['impersonate-user']?.[0] ?? '';
  const uid = headers['impersonate-uid']?.[0] ?? '';
  const groups = headers['impersonate-group'] ?? [];
  const extra = valuesBelow(headers, extraPrefix);
  if (user !== '') return { user, uid, groups, extra };
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  const asked = `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${goStrings(groups)}, Extra:${goMap(extra)}}`;
  throw new ApiError('BadRequest', `requested ${asked} without impersonating a user name`);
}

export interface Impersonated {
  readonly user: User;
  /** The verb that allowed it, such as `impersonate:user-info`; '' for the old way. Audit tells it. */
  readonly constraint: string;
}

/** `question`: the request itself, by who really asks. @throws ApiError Forbidden */
export type Impersonate = (asked: Impersonation, question: AccessQuestion) => Promise<Impersonated>;

export function createImpersonate(authorizer: Authorizer): Impersonate {
  const lastMode = new Map<string, number>();
  return async (asked, question) => {
    const { name } = question.user;
    const last = lastMode.get(name);
    const order = [...impersonationModes.keys()].toSorted((a, b) => Number(b === last) - Number(a === last));
    let refusal: ApiError | undefined;
    for (const index of order) {
      const mode = impersonationModes[index];
      if (mode === undefined || !mode.fits(asked, question.user)) continue;
      const outcome = await mode.check(authorizer, asked, question);
      if (!(outcome instanceof ApiError)) {
        if (lastMode.size >= maxRemembered) lastMode.clear();
        lastMode.set(name, index);
        return { user: outcome, constraint: mode.constraint };
      }
      refusal ??= outcome;
    }
    throw refusal ?? new ApiError('InternalError', 'all impersonation modes failed');
  };
}

/** As Go prints lists and maps with %#v. */
function goStrings(texts: readonly string[]): string {
  return texts.length === 0 ? '[]string(nil)' : `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`;
}

function goMap(values: Readonly<Record<string, readonly string[]>>): string {
  const entries = Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return 'map[string][]string(nil)';
  return `map[string][]string{${entries.map(([key, texts]) => `${JSON.stringify(key)}:${goStrings(texts)}`).join(', ')}}`;
}
