/**
 * Tokens of service accounts that were once made by themselves and that nobody has used for a year: first they are marked as
 * invalid, so that whoever needs one after all can take the mark off; after another year they are deleted. Tokens that users
 * made, and those that pods mount, stay. https://kep.k8s.io/2799
 */
import type { ConfigMap, Pod, Secret, ServiceAccount } from '../../api/groups/core.v1.ts';

export const tracking = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' };
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
export const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';
const accountAnnotation = 'kubernetes.io/service-account.name';
const accountUidAnnotation = 'kubernetes.io/service-account.uid';
const tokenType = 'kubernetes.io/service-account-token';

export interface Observed {
  /** Since when the servers note the use of tokens. */
  readonly tracking: ConfigMap | undefined;
  readonly secrets: readonly Secret[];
  readonly pods: readonly Pod[];
  readonly accountOf: (namespace: string, name: string) => ServiceAccount | undefined;
  readonly periodMs: number;
  readonly nowMs: number;
}

export interface Plan {
  readonly invalidate: readonly Secret[];
  readonly remove: readonly Secret[];
}

export function planTokens(observed: Observed): Plan {
  const { secrets, nowMs, periodMs } = observed;
  const since = observed.tracking?.data?.['since'];
  const before = dateOf(nowMs - periodMs);
  const invalidate: Secret[] = [];
  const remove: Secret[] = [];
  if (since === undefined || !isDate(since)) return { invalidate, remove };
  const mounted = new Set(observed.pods.flatMap(mountedSecrets));
  for (const secret of secrets) {
    const { metadata, type } = secret;
    const labels = metadata.labels ?? {};
    const fresh = Date.parse(metadata.creationTimestamp ?? '') >= nowMs - periodMs;
    if (type !== tokenType || fresh || metadata.deletionTimestamp !== undefined) continue;
    const used = labels[lastUsedLabel] ?? since;
    if (!isDate(used) || used >= before) continue;
    if (!isGenerated(secret, observed.accountOf) || mounted.has(`${metadata.namespace}/${metadata.name}`)) continue;
    const invalid = labels[invalidSinceLabel];
    if (invalid === undefined || !isDate(invalid)) invalidate.push(secret);
    else if (invalid < before) remove.push(secret);
  }
  return { invalidate, remove };
}

/** Its account names it: users' own tokens name the account, and are not named by it. */
function isGenerated({ metadata }: Secret, accountOf: Observed['accountOf']): boolean {
  const { annotations = {}, namespace, name } = metadata;
  const account = accountOf(namespace, annotations[accountAnnotation] ?? '');
  if (account === undefined || account.metadata.uid !== annotations[accountUidAnnotation]) return false;
  return (account.secrets ?? []).some((secret) => secret.name === name);
}

function mountedSecrets({ metadata, spec }: Pod): readonly string[] {
  const names = (spec.volumes ?? []).flatMap(({ secret }) =>
    secret?.secretName === undefined ? [] : [secret.secretName],
  );
  return names.map((name) => `${metadata.namespace}/${name}`);
}

/** The UTC day. */
export const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
