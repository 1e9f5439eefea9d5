/** The one kind of pod that a node may create: the copy of a static pod, owned by the node, that refers to nothing. */
import type { Node, Pod, PodSpec, ProjectedVolumeSource, Volume } from '../../../api/groups/core.v1.ts';
import { refersToSecrets } from '../pod-secrets.ts';
import { lookUp, nodeText, type Asked, type NodeWorld } from './asked.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Why the pod is not created; undefined when it may be. */
export function whyNotCreated(request: Asked, { nodes }: NodeWorld): string | undefined {
  const { nodeName } = request;
  const { metadata, spec } = request.object as unknown as Pod;
  const who = nodeText(request);
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${who} can only create mirror pods`;
  }
  if (spec.nodeName !== nodeName) return `${who} can only create pods with spec.nodeName set to itself`;
  const owners = metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owners.length > 1) return `${who} can only create pods with a single owner reference set to itself`;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== nodeName) {
    return `${who} can only create pods with an owner reference set to itself`;
  }
  if (owner.controller !== true) {
    return `${who} can only create pods with a controller owner reference set to itself`;
  }
  if (owner.blockOwnerDeletion === true) return `${who} must not set blockOwnerDeletion on an owner reference`;
  const { uid } = lookUp<Node>(nodes, undefined, nodeName).metadata;
  if (owner.uid !== uid) return `node ${nodeName} UID mismatch: expected ${owner.uid} got ${uid}`;
  const referred = referredKind(spec);
  return referred === undefined ? undefined : `${who} can not create pods that reference ${referred}`;
}

/** A kind of objects that the pod needs from the API; undefined when it needs none. */
export function referredKind(spec: PodSpec): string | undefined {
  if ((spec.serviceAccountName ?? '') !== '') return 'serviceaccounts';
  if (refersToSecrets(spec)) return 'secrets';
  if (refersToConfigMaps(spec)) return 'configmaps';
  if ((spec.resourceClaims ?? []).length > 0) return 'resourceclaims';
  return (spec.volumes ?? []).map(kindInVolume).find((kind) => kind !== undefined);
}

function kindInVolume({ csi, glusterfs, persistentVolumeClaim, ephemeral, projected }: Volume): string | undefined {
  if (csi !== undefined) return 'csidrivers (via CSI volumes)';
  if (glusterfs !== undefined) return 'endpoints (via glusterFS volumes)';
  if (persistentVolumeClaim !== undefined) return 'persistentvolumeclaims';
  if (ephemeral !== undefined) return 'persistentvolumeclaims (via ephemeral volumes)';
  return projected === undefined ? undefined : kindInProjection(projected);
}

function kindInProjection({ sources }: ProjectedVolumeSource): string | undefined {
  for (const { serviceAccountToken, clusterTrustBundle, podCertificate } of sources ?? []) {
    if (serviceAccountToken !== undefined) return 'serviceaccounts (via projected volumes)';
    if (clusterTrustBundle !== undefined) return 'clustertrustbundles';
    if (podCertificate !== undefined) return 'podcertificates';
  }
  return undefined;
}

function refersToConfigMaps({ containers, initContainers, volumes }: PodSpec): boolean {
  const all = [...containers, ...(initContainers ?? [])];
  const sources = (volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return (
    all.some(({ env }) => (env ?? []).some(({ valueFrom }) => valueFrom?.configMapKeyRef !== undefined)) ||
    all.some(({ envFrom }) => (envFrom ?? []).some(({ configMapRef }) => configMapRef !== undefined)) ||
    (volumes ?? []).some(({ configMap }) => configMap !== undefined) ||
    sources.some(({ configMap }) => configMap !== undefined)
  );
}
