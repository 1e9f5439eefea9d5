/**
 * Tokens of service accounts: JWTs signed by this cluster's key, bound to what they were issued for. A token is good
 * while the account (and the pod, secret or node it is bound to) still is the one it was issued for.
 */
import { createPrivateKey, createPublicKey, sign, verify, createHash, type KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import type { User } from '../user.ts';
import type { Authenticator } from './authenticator.ts';

export const issuer = 'https://kubernetes.default.svc';
export const apiAudiences: readonly string[] = [issuer];

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

interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: { readonly name: string; readonly uid: string };
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
  readonly node?: { readonly name: string; readonly uid?: string };
}

/** The token is one of ours, and does not hold. The message is Kubernetes'. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** Looks up what a token is bound to; undefined = it is gone or another one has its name. */
export type StillThere = (kind: string, namespace: string | undefined, name: string) => Promise<string | undefined>;

export interface ServiceAccountTokens extends Authenticator {
  issue(request: TokenRequest, nowMs: number): { readonly token: string; readonly expirationSeconds: number };
  /** Checks signature, times, audiences and bindings; rejects saying what is wrong. */
  review(
    token: string,
    audiences: readonly string[],
    nowMs: number,
  ): Promise<{ readonly user: User; readonly claims: Claims }>;
  /** How tokens are signed, by its name in JWTs. */
  readonly algorithm: string;
  /** The public key as a JSON Web Key Set, for OpenID discovery. */
  keySet(): object;
}

/** `keyPem`: an EC P-256 or RSA private key. */
export function createServiceAccountTokens(
  keyPem: string,
  stillThere: StillThere,
  now: () => number,
): ServiceAccountTokens {
  const key = createPrivateKey(keyPem);
  const publicKey = createPublicKey(key);
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const keyId = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const review = async (
    token: string,
    audiences: readonly string[],
    nowMs: number,
  ): Promise<{ user: User; claims: Claims }> => {
    const claims = verifyToken(token, publicKey, algorithm);
    checkTimes(claims, nowMs);
    if (!audiences.some((audience) => claims.aud.includes(audience)))
      throw new TokenError(
        `token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(audiences)}`,
      );
    await checkBindings(claims['kubernetes.io'], stillThere);
    return { user: userOf(claims), claims };
  };
  return {
    issue(request, nowMs) {
      const iat = Math.floor(nowMs / 1000);
      const exp = iat + request.lifetimeSeconds;
      const header = { alg: algorithm, kid: keyId };
      const text = `${part(header)}.${part(claimsOf(request, iat, exp))}`;
      const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
      return { token: `${text}.${signature.toString('base64url')}`, expirationSeconds: exp };
    },
    review,
    async authenticate({ bearerToken }) {
      if (bearerToken === undefined || !isOurs(bearerToken)) return undefined;
      return (await review(bearerToken, apiAudiences, now())).user;
    },
    algorithm,
    keySet: () => ({ keys: [{ use: 'sig', kid: keyId, alg: algorithm, ...publicKey.export({ format: 'jwk' }) }] }),
  };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function claimsOf(request: TokenRequest, iat: number, exp: number): Claims {
  const { namespace, account, accountUid, bound, node } = request;
  const boundClaim = bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } };
  const nodeClaim =
    node === undefined ? {} : { node: { name: node.name, ...(node.uid === undefined ? {} : { uid: node.uid }) } };
  return {
    aud: request.audiences,
    exp,
    iat,
    iss: issuer,
    jti: randomUUID(),
    'kubernetes.io': { namespace, ...nodeClaim, ...boundClaim, serviceaccount: { name: account, uid: accountUid } },
    nbf: iat,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
}

function isOurs(token: string): boolean {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      iss?: unknown;
    };
    return claims.iss === issuer;
  } catch {
    return false;
  }
}

/** The algorithm is ours to say, never the token's. */
function verifyToken(token: string, key: KeyObject, algorithm: string): Claims {
  const [header = '', body = '', signature = ''] = token.split('.');
  const said = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown };
  const good =
    said.alg === algorithm &&
    verify(
      'sha256',
      Buffer.from(`${header}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
  if (!good) throw new Error('invalid signature');
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
}

/** A list of texts as Go prints it with %q. */
const goList = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;

function checkTimes({ exp, nbf }: Claims, nowMs: number): void {
  const seconds = nowMs / 1000;
  if (seconds >= exp) throw new TokenError('service account token has expired');
  if (seconds < nbf - 60) throw new TokenError('service account token is not valid yet');
}

async function checkBindings(claims: KubernetesClaims, stillThere: StillThere): Promise<void> {
  const { namespace, serviceaccount, pod, secret, node } = claims;
  const account = await stillThere('ServiceAccount', namespace, serviceaccount.name);
  if (account === undefined) throw new TokenError(`serviceaccounts ${JSON.stringify(serviceaccount.name)} not found`);
  if (account !== serviceaccount.uid) {
    throw new TokenError(`service account UID (${account}) does not match claim (${serviceaccount.uid})`);
  }
  const check = async (
    kind: string,
    within: string | undefined,
    wanted: { readonly name: string; readonly uid?: string } | undefined,
  ): Promise<void> => {
    if (wanted === undefined || wanted.uid === undefined) return;
    if ((await stillThere(kind, within, wanted.name)) === wanted.uid) return;
    throw new TokenError('service account token has been invalidated');
  };
  await check('Pod', namespace, pod);
  await check('Secret', namespace, secret);
  if (pod === undefined) await check('Node', undefined, node);
}

function userOf(claims: Claims): User {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
      ...(node === undefined
        ? {}
        : {
            'authentication.kubernetes.io/node-name': [node.name],
            ...(node.uid === undefined ? {} : { 'authentication.kubernetes.io/node-uid': [node.uid] }),
          }),
      ...(pod === undefined
        ? {}
        : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
    },
  };
}
