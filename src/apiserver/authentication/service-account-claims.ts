/**
 * What a token of a service account says, and whether it still holds: a token is good while the account, and the pod, secret
 * or node it is bound to, are the ones it was issued for. Something that is being deleted counts for another minute.
 */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../api/kind.ts';
import { serviceAccountGroups, type User } from '../user.ts';
import { TokenError } from './authenticator.ts';

export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

export interface TokenRequest {
  readonly namespace: string;
  readonly account: string;
  readonly accountUid: string;
  readonly audiences: readonly string[];
  readonly lifetimeSeconds: number;
  /** Set when the token lasts longer than asked for: from then on its use is told as stale. */
  readonly warnAfterSeconds?: number | undefined;
  readonly bound?: BoundObject | undefined;
  /** The node of the pod the token is bound to. */
  readonly node?: { readonly name: string; readonly uid?: string | undefined } | undefined;
}

export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': KubernetesClaims;
}

interface Reference {
  readonly name: string;
  readonly uid: string;
}

interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: { readonly name: string; readonly uid?: string };
  readonly warnafter?: number;
}

/** The object that is stored under this name now; undefined = there is none. */
export type FindObject = (
  kind: 'ServiceAccount' | 'Pod' | 'Secret' | 'Node',
  namespace: string | undefined,
  name: string,
) => Promise<KubeObject | undefined>;

/** How far clocks may be apart, and how long a deleted object still counts. */
const leewaySeconds = 60;

export function tokenClaims(request: TokenRequest, issuer: string, nowMs: number): Claims {
  const { namespace, account, accountUid, bound, node, warnAfterSeconds } = request;
  const iat = Math.floor(nowMs / 1000);
  const boundClaim = bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } };
  const nodeClaim =
    node === undefined ? {} : { node: { name: node.name, ...(node.uid === undefined ? {} : { uid: node.uid }) } };
  return {
    aud: request.audiences,
    exp: iat + request.lifetimeSeconds,
    iat,
    iss: issuer,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace,
      ...nodeClaim,
      ...boundClaim,
      serviceaccount: { name: account, uid: accountUid },
      ...(warnAfterSeconds === undefined ? {} : { warnafter: iat + warnAfterSeconds }),
    },
    nbf: iat,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
}

/** @throws TokenError when the token is not yet or no longer valid. */
export function checkTimes(claims: { readonly exp?: unknown; readonly nbf?: unknown }, nowMs: number): void {
  const { exp, nbf } = claims;
  const seconds = nowMs / 1000;
  if (typeof nbf === 'number' && seconds < nbf - leewaySeconds) {
    throw new TokenError('service account token is not valid yet');
  }
  if (typeof exp === 'number' && seconds > exp + leewaySeconds) {
    throw new TokenError('service account token has expired');
  }
}

/** @throws TokenError when the account, or what the token is bound to, is gone. */
export async function checkBindings(claims: KubernetesClaims, find: FindObject, nowMs: number): Promise<void> {
  const { namespace, serviceaccount, pod, secret, node } = claims;
  await checkAccount(namespace, serviceaccount, find, nowMs);
  const check = async (kind: 'Pod' | 'Secret' | 'Node', wanted: Partial<Reference> | undefined): Promise<void> => {
    if (wanted?.name === undefined) return;
    const object = await find(kind, kind === 'Node' ? undefined : namespace, wanted.name);
    if (object === undefined || deletedLongAgo(object, nowMs)) {
      throw new TokenError('service account token has been invalidated');
    }
    const { uid } = object.metadata;
    if (uid === wanted.uid) return;
    const what = kind.toLowerCase();
    throw new TokenError(`${what} UID (${uid}) does not match service account ${what} ref claim (${wanted.uid ?? ''})`);
  };
  await check('Secret', secret);
  await check('Pod', pod);
  if (pod === undefined) await check('Node', node);
}

/** The account. @throws TokenError when there is none, or it is another one of the same name. */
export async function checkAccount(
  namespace: string,
  { name, uid }: Reference,
  find: FindObject,
  nowMs: number,
): Promise<KubeObject> {
  const account = await find('ServiceAccount', namespace, name);
  if (account === undefined) throw new TokenError(`serviceaccounts ${JSON.stringify(name)} not found`);
  if (deletedLongAgo(account, nowMs)) throw new TokenError(`service account ${namespace}/${name} has been deleted`);
  if (account.metadata.uid === uid) return account;
  throw new TokenError(`service account UID (${account.metadata.uid}) does not match claim (${uid})`);
}

function deletedLongAgo({ metadata }: KubeObject, nowMs: number): boolean {
  const { deletionTimestamp } = metadata;
  return typeof deletionTimestamp === 'string' && Date.parse(deletionTimestamp) < nowMs - leewaySeconds * 1000;
}

export function userOf(claims: Claims): User {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const key = (name: string): string => `authentication.kubernetes.io/${name}`;
  const extra = {
    ...(claims.jti === undefined ? {} : { [key('credential-id')]: [`JTI=${claims.jti}`] }),
    ...(node === undefined ? {} : { [key('node-name')]: [node.name] }),
    ...(node?.uid === undefined ? {} : { [key('node-uid')]: [node.uid] }),
    ...(pod === undefined ? {} : { [key('pod-name')]: [pod.name], [key('pod-uid')]: [pod.uid] }),
  };
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: serviceAccountGroups(namespace),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

/** Whether signed claims have the form that tokens of this server have. */
export function isClaims(claims: Readonly<Record<string, unknown>>): boolean {
  const inner = claims['kubernetes.io'] as Partial<KubernetesClaims> | undefined;
  const isReference = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === 'object' && value !== null && typeof (value as Reference).name === 'string');
  if (typeof inner !== 'object' || inner === null || typeof inner.namespace !== 'string') return false;
  if (inner.serviceaccount === undefined) return false;
  return [inner.serviceaccount, inner.pod, inner.secret, inner.node].every(isReference);
}
