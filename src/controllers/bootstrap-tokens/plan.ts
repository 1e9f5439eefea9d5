/**
 * Tokens by which a machine that is to become a node and the cluster come to trust each other. The machine reads, as nobody, the
 * ConfigMap cluster-info in kube-public; a signature beside it, made with the token it was given, says that the kubeconfig in
 * there is the cluster's (a detached JWS, RFC 7515 appendix F). Tokens that have expired are removed.
 * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
 */
import { createHmac } from 'node:crypto';
import type { ConfigMap, Secret } from '../../api/groups/core.v1.ts';

export const tokenType = 'bootstrap.kubernetes.io/token';
const signaturePrefix = 'jws-kubeconfig-';

/** What the ConfigMap should hold; undefined when it does already, or has nothing to sign. */
export function planSignatures(
  { data = {} }: Pick<ConfigMap, 'data'>,
  secrets: readonly Secret[],
  nowMs: number,
): Readonly<Record<string, string>> | undefined {
  const { kubeconfig } = data;
  if (kubeconfig === undefined) return undefined;
  const kept = Object.entries(data).filter(([key]) => !key.startsWith(signaturePrefix));
  const wanted: Record<string, string> = Object.fromEntries(kept);
  for (const secret of secrets) {
    const token = signingToken(secret, nowMs);
    if (token !== undefined) wanted[`${signaturePrefix}${token.id}`] = sign(kubeconfig, token);
  }
  const keys = Object.keys(wanted);
  const same = keys.length === Object.keys(data).length && keys.every((key) => wanted[key] === data[key]);
  return same ? undefined : wanted;
}

/** When a token expires, Unix ms; a time that cannot be read is over; undefined = never. */
export function tokenEndMs(secret: Secret): number | undefined {
  const expiration = valueOf(secret, 'expiration');
  if (expiration === '') return undefined;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(expiration);
  const atMs = isTime ? Date.parse(expiration) : Number.NaN;
  return Number.isNaN(atMs) ? -Infinity : atMs;
}

interface Token {
  readonly id: string;
  readonly secret: string;
}

/** Undefined: the Secret holds no token that signs. */
function signingToken(secret: Secret, nowMs: number): Token | undefined {
  const { metadata } = secret;
  if (secret.type !== tokenType || metadata.deletionTimestamp !== undefined) return undefined;
  const token = { id: valueOf(secret, 'token-id'), secret: valueOf(secret, 'token-secret') };
  if (!/^[a-z0-9]{6}$/.test(token.id) || metadata.name !== `bootstrap-token-${token.id}`) return undefined;
  if (token.secret === '' || valueOf(secret, 'usage-bootstrap-signing') !== 'true') return undefined;
  return (tokenEndMs(secret) ?? Infinity) > nowMs ? token : undefined;
}

function sign(content: string, { id, secret }: Token): string {
  const encoded = (text: string): string => Buffer.from(text).toString('base64url');
  const header = encoded(JSON.stringify({ alg: 'HS256', kid: id }));
  const key = `${id}.${secret}`;
  const signature = createHmac('sha256', key)
    .update(`${header}.${encoded(content)}`)
    .digest('base64url');
  return `${header}..${signature}`;
}

function valueOf({ data }: Secret, key: string): string {
  return Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
}
