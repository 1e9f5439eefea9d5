/**
 * Secrets of type kubernetes.io/service-account-token: whoever makes one for an account gets a token in it that lasts as long as
 * the Secret and the account do.
 */
import type { Secret, ServiceAccount } from '../../api/groups/core.v1.ts';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

export type Plan =
  | { readonly type: 'none' }
  /** Its account is gone, or another has its name now. */
  | { readonly type: 'delete' }
  | {
      readonly type: 'fill';
      readonly needsToken: boolean;
      /** The Secret as it is to be, but for the token. */
      readonly secret: Secret;
    };

export function accountNameOf({ type, metadata }: Secret): string | undefined {
  return type === tokenType ? metadata.annotations?.[nameAnnotation] : undefined;
}

/** `certificate`: PEM of the authority by which the API server is trusted. */
export function planToken(secret: Secret, account: ServiceAccount | undefined, certificate: string): Plan {
  if (accountNameOf(secret) === undefined || secret.metadata.deletionTimestamp !== undefined) return { type: 'none' };
  const wantedUid = secret.metadata.annotations?.[uidAnnotation] ?? '';
  const uid = account?.metadata.uid;
  if (uid === undefined || (wantedUid !== '' && wantedUid !== uid)) return { type: 'delete' };
  const data = {
    ...secret.data,
    'ca.crt': base64(certificate),
    namespace: secret.data?.['namespace'] ?? base64(secret.metadata.namespace),
  };
  const needsToken = (secret.data?.['token'] ?? '') === '';
  const current = Object.entries(data).every(([key, value]) => secret.data?.[key] === value);
  if (!needsToken && current && wantedUid === uid) return { type: 'none' };
  const annotations = { ...secret.metadata.annotations, [uidAnnotation]: uid };
  return { type: 'fill', needsToken, secret: { ...secret, metadata: { ...secret.metadata, annotations }, data } };
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
