/**
 * ServiceAccount: a pod runs as an account of its namespace, `default` unless it says otherwise, and gets that account's
 * token, the cluster's authority and its namespace as files.
 */
import { ApiError } from '../../api/api-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { Pod, ServiceAccount } from '../../api/groups/core.v1.ts';
import { Pods } from '../../api/resources.ts';
import { nameSuffix, type Random } from '../../base/random.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const tokenSeconds = 3607;

export function createServiceAccountAdmission(accounts: Served, random: Random): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    mutate(request) {
      if (request.operation !== 'CREATE' || request.served.resource !== Pods || request.subresource !== '') return;
      const pod = request.object as unknown as Draft<Pod>;
      if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return;
      pod.spec.serviceAccountName = pod.spec.serviceAccountName || 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = findAccount(accounts, request, pod.spec.serviceAccountName);
      const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
      if (mounts) mountToken(pod, random);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets) as Draft<Pod>['spec']['imagePullSecrets'];
      }
    },
  };
}

function findAccount(accounts: Served, request: Admitted, name: string): ServiceAccount {
  const namespace = request.namespace ?? '';
  const entry = accounts.cache.get(storageKey(accounts, namespace, name));
  if (entry !== undefined) return entry.object as unknown as ServiceAccount;
  const missing = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
  throw new ApiError('Forbidden', `pods ${JSON.stringify(request.name)} is forbidden: ${missing}`, {
    name: request.name,
    kind: 'pods',
  });
}

function mountToken(pod: Draft<Pod>, random: Random): void {
  const existing = pod.spec.volumes?.find(({ name }) => name.startsWith(volumePrefix))?.name;
  const name = existing ?? `${volumePrefix}${nameSuffix(random)}`;
  let used = false;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === mountPath) === true) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
    used = true;
  }
  if (!used || existing !== undefined) return;
  pod.spec.volumes = [
    ...(pod.spec.volumes ?? []),
    {
      name,
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: tokenSeconds } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: 0o644,
      },
    },
  ];
}
