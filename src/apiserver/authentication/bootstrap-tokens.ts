/**
 * Bootstrap tokens: how a machine that is to become a node shows that it may ask for a certificate. A token `ID.SECRET`
 * is good while the Secret bootstrap-token-ID in kube-system holds it, allows it for authentication and has not expired.
 * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
 */
import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../api/groups/core.v1.ts';
import type { User } from '../user.ts';

const secretType = 'bootstrap.kubernetes.io/token';
const ownGroup = 'system:bootstrappers';
const groupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** `find`: the Secret of this name in kube-system. */
export function createBootstrapTokens(
  find: (name: string) => Promise<Secret | undefined>,
  now: () => number,
): (token: string) => Promise<User | undefined> {
  return async (token) => {
    const [, id, secretPart] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token) ?? [];
    if (id === undefined || secretPart === undefined) return undefined;
    const secret = await find(`bootstrap-token-${id}`);
    if (secret === undefined || secret.type !== secretType || secret.metadata.deletionTimestamp !== undefined) {
      return undefined;
    }
    const said = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
    if (!sameText(said('token-secret'), secretPart) || said('token-id') !== id) return undefined;
    if (hasExpired(said('expiration'), now()) || said('usage-bootstrap-authentication') !== 'true') return undefined;
    const groups = extraGroups(said('auth-extra-groups'));
    return groups === undefined ? undefined : { name: `system:bootstrap:${id}`, groups: [ownGroup, ...groups] };
  };
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A time that cannot be read is over. */
function hasExpired(expiration: string, nowMs: number): boolean {
  if (expiration === '') return false;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(expiration);
  const atMs = isTime ? Date.parse(expiration) : Number.NaN;
  return !(atMs > nowMs);
}

/** Sorted, each once; undefined when one is no group that such tokens may give. */
function extraGroups(list: string): readonly string[] | undefined {
  if (list === '') return [];
  const groups = list.split(',');
  return groups.every((group) => groupPattern.test(group)) ? [...new Set(groups)].toSorted() : undefined;
}
