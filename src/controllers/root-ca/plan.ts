/** Every namespace has the certificate by which its pods trust the API server. */
import type { ConfigMap, Namespace } from '../../api/groups/core.v1.ts';

export const configMapName = 'kube-root-ca.crt';

const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

export type Plan = 'none' | { readonly create: NewConfigMap } | { readonly update: ConfigMap };

type NewConfigMap = Pick<ConfigMap, 'data'> & {
  readonly metadata: Pick<ConfigMap['metadata'], 'name' | 'namespace' | 'annotations'>;
};

/** `certificate`: PEM. */
export function planRootCa(
  namespace: Namespace | undefined,
  existing: ConfigMap | undefined,
  certificate: string,
): Plan {
  if (namespace === undefined || namespace.status.phase === 'Terminating') return 'none';
  const data = { 'ca.crt': certificate };
  if (existing === undefined) {
    return { create: { metadata: { name: configMapName, namespace: namespace.metadata.name, annotations }, data } };
  }
  const current =
    Object.keys(existing.data ?? {}).length === 1 &&
    existing.data?.['ca.crt'] === certificate &&
    Object.entries(annotations).every(([key, text]) => existing.metadata.annotations?.[key] === text);
  if (current) return 'none';
  const metadata = { ...existing.metadata, annotations: { ...existing.metadata.annotations, ...annotations } };
  return { update: { ...existing, metadata, data } };
}
