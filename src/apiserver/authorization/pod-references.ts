/** What a pod, or a volume bound to it, refers to by name: what its node may therefore read. */
import type { PersistentVolume, Pod } from '../../api/groups/core.v1.ts';

export type Referred = 'configmaps' | 'secrets' | 'persistentvolumeclaims' | 'resourceclaims' | 'serviceaccounts';

/** Names in the pod's own namespace. */
export function namesOf(pod: Pod, resource: Referred): readonly (string | undefined)[] {
  switch (resource) {
    case 'configmaps':
      return configMapsOf(pod);
    case 'secrets':
      return secretsOf(pod);
    case 'persistentvolumeclaims':
      return volumeClaimsOf(pod);
    case 'resourceclaims':
      return claimedResources(pod);
    case 'serviceaccounts':
      return [pod.spec.serviceAccountName];
  }
}

/** The claims of its volumes; an ephemeral volume's claim is named after the pod and the volume. */
export function volumeClaimsOf({ metadata, spec }: Pod): readonly (string | undefined)[] {
  return (spec.volumes ?? []).map((volume) =>
    volume.ephemeral === undefined ? volume.persistentVolumeClaim?.claimName : `${metadata.name}-${volume.name}`,
  );
}

function configMapsOf({ spec }: Pod): readonly (string | undefined)[] {
  const { env, envFrom, volumes, projected } = sourcesOf(spec);
  return [
    ...env.map((source) => source?.configMapKeyRef?.name),
    ...envFrom.map((source) => source.configMapRef?.name),
    ...volumes.map((volume) => volume.configMap?.name),
    ...projected.map((source) => source.configMap?.name),
  ];
}

function secretsOf({ spec }: Pod): readonly (string | undefined)[] {
  const { env, envFrom, volumes, projected } = sourcesOf(spec);
  return [
    ...(spec.imagePullSecrets ?? []).map((secret) => secret.name),
    ...env.map((source) => source?.secretKeyRef?.name),
    ...envFrom.map((source) => source.secretRef?.name),
    ...projected.map((source) => source.secret?.name),
    ...volumes.flatMap((volume) => [
      volume.secret?.secretName,
      volume.azureFile?.secretName,
      volume.csi?.nodePublishSecretRef?.name,
      ...[
        volume.cephfs,
        volume.cinder,
        volume.flexVolume,
        volume.rbd,
        volume.scaleIO,
        volume.iscsi,
        volume.storageos,
      ].map((source) => source?.secretRef?.name),
    ]),
  ];
}

function sourcesOf(spec: Pod['spec']) {
  const { containers, initContainers = [], ephemeralContainers = [], volumes = [] } = spec;
  const all = [...containers, ...initContainers, ...ephemeralContainers];
  return {
    env: all.flatMap((container) => container.env ?? []).map(({ valueFrom }) => valueFrom),
    envFrom: all.flatMap((container) => container.envFrom ?? []),
    volumes,
    projected: volumes.flatMap((volume) => volume.projected?.sources ?? []),
  };
}

/** A claim made from a template has the name that the pod's status tells. */
function claimedResources({ spec, status }: Pod): readonly (string | undefined)[] {
  return [
    ...(spec.resourceClaims ?? []).map((claim) => claim.resourceClaimName),
    ...(status?.resourceClaimStatuses ?? []).map((claim) => claim.resourceClaimName),
    status?.extendedResourceClaimStatus?.resourceClaimName,
  ];
}

/** The secrets that a kubelet needs to mount a volume, as `namespace/name`. */
export function volumeSecrets({ spec }: PersistentVolume): readonly string[] {
  const claimNamespace = spec.claimRef?.namespace ?? '';
  const at = (ref: { name?: string | undefined; namespace?: string | undefined } | undefined): string[] => {
    if (ref?.name === undefined || ref.name === '') return [];
    return [`${ref.namespace === undefined || ref.namespace === '' ? claimNamespace : ref.namespace}/${ref.name}`];
  };
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = spec;
  const azure =
    azureFile === undefined ? undefined : { name: azureFile.secretName, namespace: azureFile.secretNamespace };
  return [
    ...at(azure),
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].flatMap((source) => at(source?.secretRef)),
    ...[csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef].flatMap(at),
  ];
}
