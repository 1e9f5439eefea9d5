/**
 * ServiceAccount: a pod runs as an account of its namespace, `default` unless it says otherwise, and gets that account's
 * token, the cluster's authority and its namespace as files.
 */
import type { Draft } from '../../api/descriptor.ts';
import type { Pod, ServiceAccount } from '../../api/groups/core.v1.ts';
import { Pods } from '../../api/resources.ts';
import { nameSuffix, type Random } from '../../base/random.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { refersToSecrets, unmountableSecret } from './pod-secrets.ts';
import { objectOf, refusal } from './refusal.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const tokenSeconds = 3607;
const mountableAnnotation = 'kubernetes.io/enforce-mountable-secrets';
const truthy = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

export function createServiceAccountAdmission(accounts: Served, random: Random): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    about: [Pods],
    mutate(request) {
      const pod = objectOf<Pod>(request, Pods, 'CREATE');
      if (pod === undefined) return;
      if (isMirror(pod as Pod)) {
        checkMirror(request, pod as Pod);
        return;
      }
      pod.spec.serviceAccountName = pod.spec.serviceAccountName || 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = findAccount(accounts, request, pod.spec.serviceAccountName);
      const mounts = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
      if (mounts) mountToken(pod, random);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets) as Draft<Pod>['spec']['imagePullSecrets'];
      }
      checkSecrets(request, pod as Pod, account);
    },
    validate(request) {
      const pod = objectOf<Pod>(request, Pods, 'CREATE') as Pod | undefined;
      if (pod === undefined) return;
      if (isMirror(pod)) checkMirror(request, pod);
      else checkSecrets(request, pod, findAccount(accounts, request, pod.spec.serviceAccountName ?? ''));
    },
  };
}

const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[mirrorAnnotation] !== undefined;

/** The copy of a static pod shows what the kubelet runs by itself: the API gives it nothing. */
function checkMirror(request: Admitted, { spec }: Pod): void {
  if ((spec.serviceAccountName ?? '') !== '') throw refusal(request, 'a mirror pod may not reference service accounts');
  if (refersToSecrets(spec)) throw refusal(request, 'a mirror pod may not reference secrets');
  const sources = (spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)) {
    throw refusal(request, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

function checkSecrets(request: Admitted, { spec }: Pod, account: ServiceAccount): void {
  if (!truthy.has(account.metadata.annotations?.[mountableAnnotation] ?? '')) return;
  const why = unmountableSecret(spec, account);
  if (why !== undefined) throw refusal(request, why);
}

function findAccount(accounts: Served, request: Admitted, name: string): ServiceAccount {
  const namespace = request.namespace ?? '';
  const entry = accounts.cache.get(storageKey(accounts, namespace, name));
  if (entry !== undefined) return entry.object as unknown as ServiceAccount;
  const missing = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
  throw refusal(request, missing);
}

function mountToken(pod: Draft<Pod>, random: Random): void {
  const existing = pod.spec.volumes?.find(({ name }) => name.startsWith(volumePrefix))?.name;
  const name = existing ?? `${volumePrefix}${nameSuffix(random)}`;
  let used = false;
  for (const container of [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])]) {
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
