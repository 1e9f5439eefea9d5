/** The secrets that a pod refers to, and which of them its service account lets it use. */
import type { Container, PodSpec, ServiceAccount, Volume } from '../../api/groups/core.v1.ts';

type EnvironmentOwner = Pick<Container, 'name' | 'env' | 'envFrom'>;

/** The pod names a secret anywhere. */
export function refersToSecrets(spec: PodSpec): boolean {
  const containers: readonly EnvironmentOwner[] = [
    ...spec.containers,
    ...(spec.initContainers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ];
  return (
    (spec.imagePullSecrets ?? []).length > 0 ||
    containers.some(({ env, envFrom }) => {
      const single = (env ?? []).some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined);
      return single || (envFrom ?? []).some(({ secretRef }) => secretRef !== undefined);
    }) ||
    (spec.volumes ?? []).some(volumeRefersToSecret)
  );
}

/** The text of the first reference that the account's list does not contain. */
export function unmountableSecret(spec: PodSpec, account: ServiceAccount): string | undefined {
  const mountable = new Set((account.secrets ?? []).map(({ name }) => name));
  const because = `is not allowed because service account ${account.metadata.name} does not reference that`;
  for (const { secret } of spec.volumes ?? []) {
    if (secret !== undefined && !mountable.has(secret.secretName)) {
      return `volume with secret.secretName="${secret.secretName ?? ''}" ${because} secret`;
    }
  }
  const initialised = (spec.initContainers ?? []).map((container) => [container, 'init container'] as const);
  const running = spec.containers.map((container) => [container, 'container'] as const);
  for (const [container, what] of [...initialised, ...running]) {
    const found = inEnvironment(container, mountable);
    if (found !== undefined) return `${what} ${container.name} with ${found} ${because} secret`;
  }
  const pullable = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const refused = (spec.imagePullSecrets ?? []).findIndex(({ name }) => !pullable.has(name));
  if (refused < 0) return undefined;
  return `imagePullSecrets[${refused}].name="${spec.imagePullSecrets?.[refused]?.name ?? ''}" ${because} imagePullSecret`;
}

function inEnvironment({ env, envFrom }: EnvironmentOwner, mountable: ReadonlySet<unknown>): string | undefined {
  for (const { name, valueFrom } of env ?? []) {
    const secret = valueFrom?.secretKeyRef?.name;
    if (valueFrom?.secretKeyRef !== undefined && !mountable.has(secret)) {
      return `envVar ${name} referencing secret.secretName="${secret ?? ''}"`;
    }
  }
  for (const { secretRef } of envFrom ?? []) {
    if (secretRef !== undefined && !mountable.has(secretRef.name)) {
      return `envFrom referencing secret.secretName="${secretRef.name ?? ''}"`;
    }
  }
  return undefined;
}

function volumeRefersToSecret(volume: Volume): boolean {
  const { secret, projected, azureFile, cephfs, cinder, csi, flexVolume, iscsi, rbd, scaleIO, storageos } = volume;
  const named = [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos].some(
    (one) => one?.secretRef !== undefined,
  );
  return (
    named ||
    secret !== undefined ||
    azureFile !== undefined ||
    csi?.nodePublishSecretRef !== undefined ||
    (projected?.sources ?? []).some((source) => source.secret !== undefined)
  );
}
