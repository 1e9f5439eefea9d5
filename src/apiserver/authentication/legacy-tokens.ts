/**
 * Tokens of service accounts as they were before they had audiences and an end: kept in a Secret, and good while it holds
 * them. Nobody makes them here (Secrets are filled with bound tokens), but a cluster that came from elsewhere has some.
 * The day of their use is written on the Secret, so that unused ones can be found and removed (KEP 2799).
 */
import type { Secret } from '../../api/groups/core.v1.ts';
import type { User } from '../user.ts';
import { serviceAccountGroups, serviceAccountOf } from '../user.ts';
import { TokenError } from './authenticator.ts';
import { checkAccount, type FindObject } from './service-account-claims.ts';

export const legacyIssuer = 'kubernetes/serviceaccount';

const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';

/** Writes the day into the label of a Secret; a failure is the writer's to log. */
export type LabelSecret = (secret: Secret, label: string, value: string) => Promise<void>;

export interface LegacyTokens {
  readonly find: FindObject;
  readonly label: LabelSecret;
  readonly now: () => number;
  /** Told of each use. */
  readonly used?: ((use: 'auto' | 'manual' | 'invalid') => void) | undefined;
}

/** `claims`: signed by one of our keys. @throws TokenError when the Secret or the account is gone or another. */
export async function legacyUser(
  { find, label, now, used }: LegacyTokens,
  token: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<User> {
  const { namespace, account, uid, secretName } = readClaims(claims);
  const secret = (await find('Secret', namespace, secretName)) as unknown as Secret | undefined;
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) {
    throw new TokenError('Token has been invalidated');
  }
  if (Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8') !== token) {
    throw new TokenError("Token does not match server's copy");
  }
  const owner = await checkAccount(namespace, { name: account, uid }, find, now());
  const { labels } = secret.metadata;
  if ((labels?.[invalidSinceLabel] ?? '') !== '') {
    used?.('invalid');
    throw new TokenError(
      `the token in secret ${namespace}/${secretName} for service account ${namespace}/${account} has been marked invalid. ` +
        'Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the ' +
        `'${invalidSinceLabel}' label from the secret to temporarily allow use of this token`,
    );
  }
  const references = (owner as { readonly secrets?: readonly { readonly name?: string }[] }).secrets ?? [];
  used?.(references.some((one) => one.name === secretName) ? 'auto' : 'manual');
  const today = new Date(now()).toISOString().slice(0, 10);
  if (labels?.[lastUsedLabel] !== today) await label(secret, lastUsedLabel, today);
  return { name: `system:serviceaccount:${namespace}:${account}`, uid, groups: serviceAccountGroups(namespace) };
}

function readClaims(claims: Readonly<Record<string, unknown>>) {
  const text = (key: string, name: string): string => {
    const value = claims[key];
    if (typeof value === 'string' && value !== '') return value;
    throw new TokenError(`${name} claim is missing`);
  };
  const prefix = 'kubernetes.io/serviceaccount';
  const subject = text('sub', 'sub');
  const namespace = text(`${prefix}/namespace`, 'namespace');
  const secretName = text(`${prefix}/secret.name`, 'secretName');
  const account = text(`${prefix}/service-account.name`, 'serviceAccountName');
  const uid = text(`${prefix}/service-account.uid`, 'serviceAccountUID');
  const named = serviceAccountOf(subject);
  if (named?.namespace !== namespace || named.name !== account) throw new TokenError('sub claim is invalid');
  return { namespace, secretName, account, uid };
}
